package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import io.trino.spi.type.Type;
import java.util.Optional;
import java.util.UUID;

/// A column that a query may unmask, with what that needs.
///
/// @param name for messages
/// @param formatKey the key of format-preserving values when nobody says which
/// @param alphabet of format-preserving text, as a bundle writes it; empty where no mask encrypts the text so
/// @param literal how one value is masked; empty where that depends on the row, or on no key
public record UnmaskableColumn(String name, UUID id, Type type, Optional<UUID> formatKey, Optional<String> alphabet,
        Optional<Literal> literal, Keys keys, UnmaskTally tally) {
    public UnmaskableColumn {
        requireNonNull(name, "name is null");
        requireNonNull(id, "id is null");
        requireNonNull(type, "type is null");
        requireNonNull(formatKey, "formatKey is null");
        requireNonNull(alphabet, "alphabet is null");
        requireNonNull(literal, "literal is null");
        requireNonNull(keys, "keys is null");
        requireNonNull(tally, "tally is null");
    }

    /// @param function a masking function
    public record Literal(String function, UUID key, Optional<String> alphabet) {
        public Literal {
            requireNonNull(function, "function is null");
            requireNonNull(key, "key is null");
            requireNonNull(alphabet, "alphabet is null");
        }
    }

    /// The keys of the column's table that were not destroyed. Thread-safe.
    public interface Keys {
        /// The version of a key for reversible masks; empty where it is none of the table's.
        Optional<Integer> reversibleVersion(UUID key);

        /// The key for format-preserving masks of that version.
        Optional<UUID> formatPreserving(int version);
    }
}
