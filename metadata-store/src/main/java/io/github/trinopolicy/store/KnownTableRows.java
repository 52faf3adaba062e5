package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.Granularity.Bucket;
import io.github.trinopolicy.model.Mask.Granularity.Unit;
import io.github.trinopolicy.model.ObjectName;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
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
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type, c.bucket, c.unit
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.name IS NOT NULL
                ORDER BY t.name, c.name
                """));
    }

    Optional<KnownTable> find(ObjectName name) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type, c.bucket, c.unit
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.name = :name
                ORDER BY c.name
                """).bind("name", name.toString())).stream().findFirst();
    }

    Optional<KnownTable> find(UUID id) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type, c.bucket, c.unit
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.table_id = :id AND t.name IS NOT NULL
                ORDER BY c.name
                """).bind("id", id)).stream().findFirst();
    }

    List<KnownTable> writtenSince(long version) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type, c.bucket, c.unit
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

    /// Those of the tables that are known, by identity or by name.
    List<KnownTable> find(Collection<KnownTable> tables) {
        return tables(handle.createQuery("""
                SELECT t.table_id, t.name AS table_name, c.column_id, c.name AS column_name, c.type, c.bucket, c.unit
                FROM known_table t LEFT JOIN known_column c USING (table_id)
                WHERE t.table_id = ANY(:ids) AND t.name IS NOT NULL OR t.name = ANY(:names)
                ORDER BY t.name, c.name
                """)
                .bindArray("ids", UUID.class, tables.stream().map(KnownTable::id).toList())
                .bindArray("names", String.class, tables.stream().map(table -> table.name().toString()).toList()));
    }

    /// Writes the tables and the columns that differ from those before, and deletes those that are missing.
    ///
    /// @param before the same tables by identity, as far as they are known
    void write(Collection<KnownTable> tables, Map<UUID, KnownTable> before, long version) {
        PreparedBatch rows = upsert();
        PreparedBatch missing = deleteColumn();
        PreparedBatch different = upsertColumn();
        for (KnownTable table : tables) {
            add(rows, table.id(), Optional.of(table.name()), version);
            Map<String, KnownColumn> columnsBefore = Optional.ofNullable(before.get(table.id())).map(KnownTable::columns)
                    .orElse(ImmutableMap.of());
            Sets.difference(columnsBefore.keySet(), table.columns().keySet())
                    .forEach(name -> missing.bind("tableId", table.id()).bind("name", name).add());
            table.columns().values().stream()
                    .filter(column -> !column.equals(columnsBefore.get(column.name())))
                    .forEach(column -> add(different, table.id(), column, version));
        }
        // columns go before their name comes anew
        ImmutableList.of(rows, missing, different).forEach(KnownTableRows::executeIfAny);
    }

    void writeTombstone(KnownTable table, long version) {
        PreparedBatch columns = deleteColumn();
        table.columns().keySet().forEach(name -> columns.bind("tableId", table.id()).bind("name", name).add());
        executeIfAny(columns);
        PreparedBatch row = upsert();
        add(row, table.id(), Optional.empty(), version);
        row.execute();
    }

    private static void executeIfAny(PreparedBatch batch) {
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private PreparedBatch upsert() {
        return handle.prepareBatch("""
                INSERT INTO known_table (table_id, name, version) VALUES (:id, :name, :version)
                ON CONFLICT (table_id) DO UPDATE SET name = excluded.name, version = excluded.version
                """);
    }

    private static void add(PreparedBatch batch, UUID id, Optional<ObjectName> name, long version) {
        batch.bind("id", id).bind("name", name.map(ObjectName::toString)).bind("version", version).add();
    }

    private PreparedBatch upsertColumn() {
        return handle.prepareBatch("""
                INSERT INTO known_column (table_id, name, column_id, type, bucket, unit, version)
                VALUES (:tableId, :name, :columnId, :type, :bucket, :unit, :version)
                ON CONFLICT (table_id, name) DO UPDATE
                SET column_id = excluded.column_id, type = excluded.type, bucket = excluded.bucket, unit = excluded.unit,
                    version = excluded.version
                """);
    }

    private static void add(PreparedBatch batch, UUID tableId, KnownColumn column, long version) {
        batch.bind("tableId", tableId)
                .bind("name", column.name())
                .bind("columnId", column.id())
                .bind("type", column.type())
                .bind("bucket", column.granularity().filter(Bucket.class::isInstance).map(bucket -> ((Bucket) bucket).size()))
                .bind("unit", column.granularity().filter(Unit.class::isInstance).map(unit -> ((Unit) unit).unit().name()))
                .bind("version", version)
                .add();
    }

    private PreparedBatch deleteColumn() {
        return handle.prepareBatch("DELETE FROM known_column WHERE table_id = :tableId AND name = :name");
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
                columns.put(columnName, new KnownColumn(columnId, columnName, row.getColumn("type", String.class), granularity(row)));
            }
        }

        private static Optional<Granularity> granularity(RowView row) {
            Optional<Granularity> bucket = Optional.ofNullable(row.getColumn("bucket", String.class)).map(Bucket::new);
            return bucket.or(() -> Optional.ofNullable(row.getColumn("unit", String.class)).map(ChronoUnit::valueOf).map(Unit::new));
        }

        KnownTable toTable() {
            return new KnownTable(id, name, columns.buildOrThrow());
        }
    }
}
