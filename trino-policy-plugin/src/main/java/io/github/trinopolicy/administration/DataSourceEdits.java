package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Data sources that differ in one thing.
final class DataSourceEdits {
    private DataSourceEdits() {
    }

    static DataSource withTag(DataSource before, String tag) {
        return withTags(before, ImmutableSet.<String>builder().addAll(before.tags()).add(tag).build());
    }

    private static Set<String> without(Set<String> tags, String tag) {
        return tags.stream().filter(existing -> !existing.equals(tag)).collect(toImmutableSet());
    }

    static DataSource withoutTag(DataSource before, String tag) {
        return withTags(before, without(before.tags(), tag));
    }

    static DataSource withoutColumnTag(DataSource before, String column, String tag) {
        Map<String, ColumnDescription> columns = new LinkedHashMap<>(before.columns());
        columns.computeIfPresent(column, (_, description) -> new ColumnDescription(without(description.tags(), tag)));
        return withColumns(before, columns);
    }

    private static DataSource withTags(DataSource before, Set<String> tags) {
        return new DataSource(before.objectName(), before.description(), before.owners(), tags, before.keyColumns(), before.eventTime(),
                before.approveAllColumns(), before.newColumns(), before.columns(), before.fingerprint());
    }

    /// The data source with a column that has these tags beside its own.
    static DataSource withColumn(DataSource before, String column, Set<String> tags) {
        Map<String, ColumnDescription> columns = new LinkedHashMap<>(before.columns());
        Set<String> existing = Optional.ofNullable(columns.get(column)).map(ColumnDescription::tags).orElse(ImmutableSet.of());
        columns.put(column, new ColumnDescription(ImmutableSet.<String>builder().addAll(existing).addAll(tags).build()));
        return withColumns(before, columns);
    }

    private static DataSource withColumns(DataSource before, Map<String, ColumnDescription> columns) {
        return new DataSource(before.objectName(), before.description(), before.owners(), before.tags(), before.keyColumns(),
                before.eventTime(),
                before.approveAllColumns(), before.newColumns(), columns, before.fingerprint());
    }
}
