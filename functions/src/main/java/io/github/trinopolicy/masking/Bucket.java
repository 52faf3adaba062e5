package io.github.trinopolicy.masking;

import io.trino.spi.type.BigintType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.RealType;
import io.trino.spi.type.SmallintType;
import io.trino.spi.type.TinyintType;
import io.trino.spi.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/// The size of the buckets into which the values of a type are rounded down: above 0, and a value of the type.
///
/// @param minimum the least value of the type, in the unit of `size`; without meaning for floating point numbers
public record Bucket(BigDecimal size, BigInteger minimum) {
    /// Longer numbers are no sizes, and hostile exponents are not expanded.
    private static final int MAXIMUM_TEXT = 400;

    /// Empty where the text is no size for the type, or the type has no numbers.
    public static Optional<Bucket> of(String text, Type type) {
        if (text.length() > MAXIMUM_TEXT) {
            return Optional.empty();
        }
        try {
            BigDecimal size = new BigDecimal(text).stripTrailingZeros();
            return size.signum() > 0 && Math.abs((long) size.scale()) <= MAXIMUM_TEXT ? of(size, type) : Optional.empty();
        }
        catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Bucket> of(BigDecimal size, Type type) {
        return switch (type) {
            case TinyintType _ -> integral(size, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case SmallintType _ -> integral(size, Short.MIN_VALUE, Short.MAX_VALUE);
            case IntegerType _ -> integral(size, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case BigintType _ -> integral(size, Long.MIN_VALUE, Long.MAX_VALUE);
            case DecimalType decimal -> decimal(size, decimal);
            case DoubleType _ -> floating(size, size.doubleValue());
            case RealType _ -> floating(size, size.floatValue());
            default -> Optional.empty();
        };
    }

    private static Optional<Bucket> integral(BigDecimal size, long minimum, long maximum) {
        return size.scale() <= 0 && size.compareTo(BigDecimal.valueOf(maximum)) <= 0
                ? Optional.of(new Bucket(size.setScale(0), BigInteger.valueOf(minimum)))
                : Optional.empty();
    }

    private static Optional<Bucket> decimal(BigDecimal size, DecimalType type) {
        BigDecimal unscaled = size.scaleByPowerOfTen(type.getScale());
        BigInteger limit = BigInteger.TEN.pow(type.getPrecision());
        return unscaled.stripTrailingZeros().scale() <= 0 && unscaled.compareTo(new BigDecimal(limit)) < 0
                ? Optional.of(new Bucket(unscaled.setScale(0), limit.negate().add(BigInteger.ONE)))
                : Optional.empty();
    }

    private static Optional<Bucket> floating(BigDecimal size, double value) {
        return value > 0 && Double.isFinite(value) ? Optional.of(new Bucket(size, BigInteger.ZERO)) : Optional.empty();
    }
}
