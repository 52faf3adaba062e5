package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSetMultimap;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A row of which a test says the columns.
record TestingRow(Map<String, Type> types, ImmutableSetMultimap<String, String> columnsByTag, Optional<String> maskedColumn)
        implements
            RowScope {
    static TestingRow of(String column, Type type) {
        return of(ImmutableMap.of(column, type));
    }

    static TestingRow of(Map<String, Type> types) {
        return new TestingRow(types, ImmutableSetMultimap.of(), Optional.empty());
    }

    TestingRow tagged(String tag, String... columns) {
        return new TestingRow(types, ImmutableSetMultimap.<String, String>builder().putAll(columnsByTag).putAll(tag, columns).build(),
                maskedColumn);
    }

    TestingRow masking(String column) {
        return new TestingRow(types, columnsByTag, Optional.of(column));
    }

    @Override
    public Optional<Type> type(String column) {
        return Optional.ofNullable(types.get(column));
    }

    @Override
    public List<String> columnsTagged(String tag) {
        return columnsByTag.get(tag).stream().collect(toImmutableList());
    }
}
