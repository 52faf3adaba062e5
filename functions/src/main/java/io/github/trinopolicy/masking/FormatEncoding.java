package io.github.trinopolicy.masking;

import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.util.Optional;

/// What format-preserving encryption takes a type for.
public enum FormatEncoding implements MaskEncoding {
    /// the symbols of an alphabet
    TEXT,
    /// digits of a number
    NUMBER,
    /// days since 0001-01-01
    DATE;

    /// Types with fewer than a million values could be tried through.
    private static final int LEAST_PRECISION = 7;

    /// Absent if no value of the type has an encryption.
    public static Optional<FormatEncoding> of(Type type) {
        return switch (type) {
            case VarcharType _,CharType _ -> Optional.of(TEXT);
            case BigintType _,IntegerType _ -> Optional.of(NUMBER);
            case DecimalType decimal when decimal.getPrecision() >= LEAST_PRECISION -> Optional.of(NUMBER);
            case DateType _ -> Optional.of(DATE);
            default -> Optional.empty();
        };
    }
}
