package io.github.trinopolicy.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.UUID;

/// That somebody may turn the masked values of a column back.
///
/// @param table the identity of the table, which its keys are bound to
/// @param id the identity of the column
/// @param type Trino's display name of the type for which the column was approved
/// @param formatKey the key of format-preserving values that do not say their own, which none does; empty where the table has none
/// @param alphabet of format-preserving text, as a bundle writes it; empty where no mask encrypts the text so
/// @param literal how one value is masked, where that does not depend on the row
public record UnmaskRight(ColumnName column, UUID table, UUID id, String type, Optional<UUID> formatKey, Optional<String> alphabet,
        Optional<LiteralMask> literal) {
    public UnmaskRight {
        requireNonNull(column, "column is null");
        requireNonNull(table, "table is null");
        requireNonNull(id, "id is null");
        requireNonNull(type, "type is null");
        requireNonNull(formatKey, "formatKey is null");
        requireNonNull(alphabet, "alphabet is null");
        requireNonNull(literal, "literal is null");
    }

    /// @param function the masking function that the user's mask calls
    /// @param key the data key under which it does
    /// @param alphabet of format-preserving text
    public record LiteralMask(String function, UUID key, Optional<String> alphabet) {
        public LiteralMask {
            requireNonNull(function, "function is null");
            requireNonNull(key, "key is null");
            requireNonNull(alphabet, "alphabet is null");
        }
    }
}
