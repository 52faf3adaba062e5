package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/// The tables `known_table` and `known_column` within one transaction. A forgotten table stays as a row without name and columns.
final class KnownTableRows {
    private static final int FETCH_SIZE = 1000;

    private final Handle handle;

    KnownTableRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    List<KnownTable> all() {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.name IS NOT NULL
                ORDER BY t.name, c.name
                """));
    }

    Optional<KnownTable> find(ObjectName name) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.name = :name
                ORDER BY c.name
                """).bind("name", name.toString())).stream().findFirst();
    }

    Optional<KnownTable> find(UUID id) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.table_id = :id AND t.name IS NOT NULL
                ORDER BY c.name
                """).bind("id", id)).stream().findFirst();
    }

    List<KnownTable> writtenSince(long version) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.version > :version AND t.name IS NOT NULL
                ORDER BY t.name, c.name
                """).bind("version", version));
    }

    List<UUID> removedSince(long version) {
        return handle.createQuery("""
                SELECT table_id FROM known_table
                WHERE version > :version AND name IS NULL
                ORDER BY table_id
                """).bind("version", version).mapTo(UUID.class).list();
    }

    /// Writes the table and the columns that differ from those of `before`, and deletes those that are missing.
    void write(KnownTable table, Optional<KnownTable> before, long version) {
        writeTable(table.id(), Optional.of(table.name()), version);
        Map<String, KnownColumn> columnsBefore = before.map(KnownTable::columns).orElse(ImmutableMap.of());
        deleteColumns(table.id(), columnsBefore.keySet().stream().filter(name -> !table.columns().containsKey(name)).toList());
        writeColumns(
                table.id(),
                table.columns().values().stream().filter(column -> !column.equals(columnsBefore.get(column.name()))).toList(),
                version);
    }

    void writeTombstone(KnownTable table, long version) {
        deleteColumns(table.id(), List.copyOf(table.columns().keySet()));
        writeTable(table.id(), Optional.empty(), version);
    }

    private void writeTable(UUID id, Optional<ObjectName> name, long version) {
        handle.createUpdate("""
                INSERT INTO known_table (table_id, name, version) VALUES (:id, :name, :version)
                ON CONFLICT (table_id) DO UPDATE SET name = excluded.name, version = excluded.version
                """).bind("id", id).bind("name", name.map(ObjectName::toString)).bind("version", version).execute();
    }

    private void writeColumns(UUID tableId, List<KnownColumn> columns, long version) {
        if (columns.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO known_column (table_id, name, column_id, type, version)
                VALUES (:tableId, :name, :columnId, :type, :version)
                ON CONFLICT (table_id, name) DO UPDATE
                SET column_id = excluded.column_id, type = excluded.type, version = excluded.version
                """);
        for (KnownColumn column : columns) {
            batch.bind("tableId", tableId)
                    .bind("name", column.name())
                    .bind("columnId", column.id())
                    .bind("type", column.type())
                    .bind("version", version)
                    .add();
        }
        batch.execute();
    }

    private void deleteColumns(UUID tableId, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("DELETE FROM known_column WHERE table_id = :tableId AND name = :name");
        for (String name : names) {
            batch.bind("tableId", tableId).bind("name", name).add();
        }
        batch.execute();
    }

    private static List<KnownTable> tables(Query query) {
        return query.setFetchSize(FETCH_SIZE)
                .reduceRows(new LinkedHashMap<UUID, TableRows>(), (tables, row) -> {
                    UUID id = row.getColumn("table_id", UUID.class);
                    tables.computeIfAbsent(id, _ -> new TableRows(id, ObjectName.parse(row.getColumn("table_name", String.class))))
                            .add(row);
                    return tables;
                })
                .values().stream().map(TableRows::toTable).toList();
    }

    /// A table whose rows are being read.
    private static final class TableRows {
        private final UUID id;
        private final ObjectName name;
        private final ImmutableMap.Builder<String, KnownColumn> columns = ImmutableMap.builder();

        TableRows(UUID id, ObjectName name) {
            this.id = id;
            this.name = name;
        }

        void add(RowView row) {
            UUID columnId = row.getColumn("column_id", UUID.class);
            if (columnId != null) {
                String columnName = row.getColumn("column_name", String.class);
                columns.put(columnName, new KnownColumn(columnId, columnName, row.getColumn("type", String.class)));
            }
        }

        KnownTable toTable() {
            return new KnownTable(id, name, columns.buildOrThrow());
        }
    }
}
