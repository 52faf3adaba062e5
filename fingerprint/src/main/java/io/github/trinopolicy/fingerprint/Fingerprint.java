package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Statistics of a table at one time.
///
/// @param keyId of the data key under which frequent values are hashed; only fingerprints under one key can be compared value by value
/// @param rows of the whole table
public record Fingerprint(UUID keyId, long rows, List<ColumnFingerprint> columns) {
    public Fingerprint {
        requireNonNull(keyId, "keyId is null");
        checkArgument(rows >= 0, "rows is negative");
        columns = ImmutableList.copyOf(columns);
        checkArgument(columns.stream().map(ColumnFingerprint::column).distinct().count() == columns.size(), "a column comes twice");
    }

    public Optional<ColumnFingerprint> column(UUID id) {
        return columns.stream().filter(column -> column.column().equals(id)).findFirst();
    }
}
