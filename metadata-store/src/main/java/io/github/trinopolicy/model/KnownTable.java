package io.github.trinopolicy.model;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.Mask.Granularity;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The identity of a table or view of which the store knows columns. The identifiers outlive renames made through Trino; keys bind
/// to them, never to names.
///
/// @param columns the approved columns by name in lower case, also those that were dropped or renamed since
public record KnownTable(UUID id, ObjectName name, Map<String, KnownColumn> columns) {
    public KnownTable {
        columns = ImmutableMap.copyOf(columns);
    }

    /// True when both are names of one column, the present one and a former one.
    public boolean isSameColumn(String name, String other) {
        return Optional.ofNullable(columns.get(name)).map(KnownColumn::id)
                .equals(Optional.ofNullable(columns.get(other)).map(KnownColumn::id)) && columns.containsKey(name);
    }

    /// True when the column has, or had, another name beside this one.
    public boolean isSharedName(String name) {
        return columns.keySet().stream().anyMatch(other -> !other.equals(name) && isSameColumn(name, other));
    }

    /// @param type Trino's display name of the type for which the column was approved
    /// @param granularity how coarse a rounding `from: fingerprint` is, chosen by the first fingerprint and kept; never
    ///        [Granularity.FromFingerprint] itself
    public record KnownColumn(UUID id, String name, String type, Optional<Granularity> granularity) {
        public KnownColumn {
            checkArgument(granularity.stream().noneMatch(Granularity.FromFingerprint.class::isInstance),
                    "the granularity of a column must be a bucket or a unit");
        }

        public KnownColumn(UUID id, String name, String type) {
            this(id, name, type, Optional.empty());
        }

        /// The same column under another name.
        public KnownColumn named(String newName) {
            return new KnownColumn(id, newName, type, granularity);
        }

        /// The same column, approved for the type. What was chosen for another type says nothing of this one.
        public KnownColumn approvedFor(String approvedType) {
            return new KnownColumn(id, name, approvedType, granularity.filter(_ -> type.equals(approvedType)));
        }

        public KnownColumn roundedBy(Granularity chosen) {
            return new KnownColumn(id, name, type, Optional.of(chosen));
        }
    }
}
