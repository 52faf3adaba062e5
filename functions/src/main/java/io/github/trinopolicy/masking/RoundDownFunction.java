package io.github.trinopolicy.masking;

import static java.lang.Math.floorMod;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.trino.spi.type.Int128;
import io.trino.spi.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `round_down(value, size of the bucket)` at one call site: the multiple of the size at or below the value. NULL if there is none within the
/// type, if the value is no number or infinite, and if the size makes no sense. An instance belongs to one thread.
final class RoundDownFunction {
    /// Up to here a `double` holds each integer.
    private static final double EXACT = 1L << 53;

    private final Type type;

    private @Nullable Slice text;
    private Optional<Bucket> bucket = Optional.empty();
    /// the size of the bucket where it is an integer that both types hold, else 0
    private long size;

    /// @param type of the value and of the result
    RoundDownFunction(Type type) {
        this.type = requireNonNull(type, "type is null");
    }

    /// For integers, and for the unscaled value of short decimals.
    @Nullable
    Long integral(long value, Slice bucketText) {
        if (bucket(bucketText).isEmpty()) {
            return null;
        }
        // below 0 only when the subtraction overflows
        long remainder = floorMod(value, size);
        long minimum = bucket.get().minimum().longValue();
        return value >= minimum + remainder ? value - remainder : null;
    }

    /// For the unscaled value of long decimals.
    @Nullable
    Int128 decimal(Int128 value, Slice bucketText) {
        if (bucket(bucketText).isEmpty()) {
            return null;
        }
        BigInteger unscaled = value.toBigInteger();
        BigInteger rounded = unscaled.subtract(unscaled.mod(bucket.get().size().toBigIntegerExact()));
        return rounded.compareTo(bucket.get().minimum()) >= 0 ? Int128.valueOf(rounded) : null;
    }

    @Nullable
    Double floating(double value, Slice bucketText) {
        if (bucket(bucketText).isEmpty() || !Double.isFinite(value)) {
            return null;
        }
        double rounded = size > 0 && Math.abs(value) + size < EXACT
                ? exact(value)
                : roundedDown(BigDecimal.valueOf(value)).doubleValue();
        return Double.isFinite(rounded) ? rounded : null;
    }

    /// @param bits of the value, as the engine keeps it
    @Nullable
    Long real(long bits, Slice bucketText) {
        float value = Float.intBitsToFloat((int) bits);
        if (bucket(bucketText).isEmpty() || !Float.isFinite(value)) {
            return null;
        }
        // the shortest number that stands for the value is what people see
        float rounded = roundedDown(new BigDecimal(Float.toString(value))).floatValue();
        return Float.isFinite(rounded) ? (long) Float.floatToIntBits(rounded) : null;
    }

    private double exact(double value) {
        double multiple = Math.floor(value / size) * size;
        // the quotient of a value just below a multiple may have been rounded up to it
        return (multiple > value ? multiple - size : multiple) + 0.0;
    }

    private BigDecimal roundedDown(BigDecimal value) {
        BigDecimal bucketSize = bucket.orElseThrow().size();
        return value.divide(bucketSize, 0, RoundingMode.FLOOR).multiply(bucketSize);
    }

    private Optional<Bucket> bucket(Slice bucketText) {
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (!bucketText.equals(text)) {
            bucket = Bucket.of(bucketText.toStringUtf8(), type);
            size = bucket.map(Bucket::size).filter(RoundDownFunction::isLong).map(BigDecimal::longValueExact).orElse(0L);
            text = bucketText;
        }
        return bucket;
    }

    private static boolean isLong(BigDecimal size) {
        return size.scale() <= 0 && size.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    }
}
