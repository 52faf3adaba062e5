package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.Alphabet;
import io.github.trinopolicy.crypto.FormatPreservingBigInteger;
import io.github.trinopolicy.crypto.FormatPreservingDate;
import io.github.trinopolicy.crypto.FormatPreservingInteger;
import io.github.trinopolicy.crypto.FormatPreservingText;
import io.trino.spi.TrinoException;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Int128;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import org.jspecify.annotations.Nullable;

/// `format_preserving(value, key id, column id[, alphabet])` at one call site. NULL for a value that has no encryption. An instance belongs to
/// one thread.
final class FormatPreservingFunction {
    private final KeyRing keyRing;
    private final boolean served;
    private final ColumnKey<FormatPreservingInteger> numbers;
    private final ColumnKey<FormatPreservingBigInteger> largeNumbers;
    private final ColumnKey<FormatPreservingDate> dates;

    private @Nullable Slice alphabetText;
    private @Nullable ColumnKey<FormatPreservingText> texts;

    /// @param type of the value and of the result
    FormatPreservingFunction(KeyRing keyRing, Type type) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        served = FormatEncoding.of(type).isPresent();
        numbers = new ColumnKey<>(keyRing, (key, _, column) -> switch (type) {
            case IntegerType _ -> FormatPreservingInteger.ofInteger(key, column);
            case DecimalType decimal -> FormatPreservingInteger.ofDecimal(key, column, decimal.getPrecision());
            default -> FormatPreservingInteger.ofBigint(key, column);
        });
        largeNumbers = new ColumnKey<>(keyRing, (key, _, column) -> new FormatPreservingBigInteger(key, column));
        dates = new ColumnKey<>(keyRing, (key, _, column) -> new FormatPreservingDate(key, column));
    }

    /// @param alphabet as a bundle writes it
    @Nullable
    Slice text(Slice value, Slice keyId, Slice column, Slice alphabet) {
        byte[] result = texts(alphabet).get(keyId, column).encrypt(value.byteArray(), value.byteArrayOffset(), value.length());
        return result == null ? null : Slices.wrappedBuffer(result);
    }

    /// For integers and the unscaled values of short decimals.
    @Nullable
    Long number(long value, Slice keyId, Slice column) {
        return served ? numbers.get(keyId, column).encrypt(value) : null;
    }

    /// For the unscaled values of long decimals.
    @Nullable
    Int128 largeNumber(Int128 value, Slice keyId, Slice column) {
        return Int128.valueOf(largeNumbers.get(keyId, column).encrypt(value.toBigInteger()));
    }

    /// @param value in days since 1970-01-01
    @Nullable
    Long date(long value, Slice keyId, Slice column) {
        return FormatPreservingDate.covers(value) ? dates.get(keyId, column).encrypt(value) : null;
    }

    private ColumnKey<FormatPreservingText> texts(Slice text) {
        ColumnKey<FormatPreservingText> found = texts;
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (found == null || !text.equals(alphabetText)) {
            texts = null;
            Alphabet alphabet = alphabet(text.toStringUtf8());
            found = new ColumnKey<>(keyRing, (key, _, column) -> new FormatPreservingText(key, column, alphabet));
            alphabetText = text;
            texts = found;
        }
        return found;
    }

    /// The message does not repeat the argument, which may be a value of the table.
    static Alphabet alphabet(String name) {
        for (Alphabet alphabet : Alphabet.values()) {
            if (alphabet.name().toLowerCase(ENGLISH).equals(name)) {
                return alphabet;
            }
        }
        throw new TrinoException(INVALID_FUNCTION_ARGUMENT,
                "The alphabet of a masking function must be digits, lower, upper, letters or alphanumeric");
    }
}
