package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.fingerprint.FingerprintFormat;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.store.StoredFingerprint;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/// What a fingerprint says of a column, in short.
///
/// @param column present name in lower case
/// @param nulls how many rows have none
/// @param distinct about how many different values there are; empty where the type's values are not counted
public record ColumnSummary(String column, long nulls, OptionalLong distinct) {
    public ColumnSummary {
        requireNonNull(column, "column is null");
        requireNonNull(distinct, "distinct is null");
    }

    /// Of the columns that the table still has, in the order of the fingerprint.
    ///
    /// @throws io.github.trinopolicy.fingerprint.InvalidFingerprintException when a later version of the plugin wrote it
    public static List<ColumnSummary> of(KnownTable table, StoredFingerprint fingerprint) {
        Map<UUID, String> names = table.columns().values().stream()
                .collect(toImmutableMap(KnownColumn::id, KnownColumn::name, (name, _) -> name));
        return FingerprintFormat.read(fingerprint.document()).columns().stream().filter(column -> names.containsKey(column.column()))
                .map(column -> new ColumnSummary(requireNonNull(names.get(column.column())), column.nulls(), column.distinct()))
                .collect(toImmutableList());
    }
}
