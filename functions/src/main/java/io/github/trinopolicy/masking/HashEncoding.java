package io.github.trinopolicy.masking;

import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.util.Optional;

/// How a keyed hash is written into a type: the longest of the text forms that fits.
public enum HashEncoding implements MaskEncoding {
    /// all 256 bits as lower-case hexadecimal digits
    HEX_64,
    /// the first 130 bits in lower-case Base32 of RFC 4648
    BASE32_26,
    /// the first 80 bits in lower-case Base32 of RFC 4648
    BASE32_16,
    /// all 256 bits
    BINARY_32,
    /// the first 64 bits
    BITS_64,
    /// a keyed permutation instead of a hash
    PERMUTATION_32;

    private static final int HEX_LENGTH = 64;
    private static final int LONG_BASE32_LENGTH = 26;
    private static final int SHORT_BASE32_LENGTH = 16;

    /// Absent if no form of the hash fits: the masked value is NULL then.
    public static Optional<HashEncoding> of(Type type) {
        return switch (type) {
            case VarcharType varchar -> ofLength(varchar.getLength().orElse(Integer.MAX_VALUE));
            case CharType character -> ofLength(character.getLength());
            case VarbinaryType _ -> Optional.of(BINARY_32);
            case BigintType _ -> Optional.of(BITS_64);
            case IntegerType _ -> Optional.of(PERMUTATION_32);
            default -> Optional.empty();
        };
    }

    private static Optional<HashEncoding> ofLength(int length) {
        if (length >= HEX_LENGTH) {
            return Optional.of(HEX_64);
        }
        if (length >= LONG_BASE32_LENGTH) {
            return Optional.of(BASE32_26);
        }
        if (length >= SHORT_BASE32_LENGTH) {
            return Optional.of(BASE32_16);
        }
        return Optional.empty();
    }
}
