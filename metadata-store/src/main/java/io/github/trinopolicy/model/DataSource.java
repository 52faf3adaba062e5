package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A registered catalog, schema or table.
///
/// @param keyColumns unique key of a row; tables only
/// @param eventTime the column that `time_window` looks at; tables only
/// @param approveAllColumns takes the columns present at apply as known; tables only
/// @param newColumns inherited from the parent where absent
/// @param columns by name in lower case; tables only
public record DataSource(ObjectName objectName, Optional<String> description, Principals owners, Set<String> tags, List<String> keyColumns,
        Optional<String> eventTime, boolean approveAllColumns, Optional<NewColumns> newColumns, Map<String, ColumnDescription> columns,
        Optional<FingerprintSettings> fingerprint) implements PolicyObject {
    public DataSource {
        tags = ImmutableSortedSet.copyOf(tags);
        keyColumns = ImmutableList.copyOf(keyColumns);
        columns = ImmutableMap.copyOf(columns);
    }

    @Override
    public Kind kind() {
        return Kind.DATA_SOURCE;
    }

    @Override
    public String name() {
        return objectName.toString();
    }
}
