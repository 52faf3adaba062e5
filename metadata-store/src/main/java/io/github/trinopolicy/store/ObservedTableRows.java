package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;

/// The tables `observed_data_source` and `observed_table` within one transaction.
final class ObservedTableRows {
    private static final String WITHIN = """
            catalog_name = :catalog AND (:schema = '' OR schema_name = :schema) AND (:table = '' OR table_name = :table)
            """;

    private final Handle handle;

    ObservedTableRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    Instant now() {
        return handle.createQuery("SELECT clock_timestamp()").map((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant()).one();
    }

    Optional<Instant> observedAt(ObjectName dataSource) {
        return handle.createQuery("SELECT observed_at FROM observed_data_source WHERE name = :name").bind("name", dataSource.toString())
                .map((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant()).findOne();
    }

    void observed(ObjectName dataSource, Instant at) {
        handle.createUpdate("""
                INSERT INTO observed_data_source (name, observed_at) VALUES (:name, :at)
                ON CONFLICT (name) DO UPDATE SET observed_at = excluded.observed_at
                """).bind("name", dataSource.toString()).bind("at", at.atOffset(UTC)).execute();
    }

    List<ObservedTable> all() {
        return handle.createQuery("""
                SELECT catalog_name, schema_name, table_name, is_view, is_readable, column_names, column_types FROM observed_table
                ORDER BY catalog_name, schema_name, table_name
                """).map((row, _) -> table(row)).list();
    }

    List<ObservedTable> within(ObjectName dataSource) {
        return bind(handle.createQuery("""
                SELECT catalog_name, schema_name, table_name, is_view, is_readable, column_names, column_types FROM observed_table
                WHERE %s ORDER BY catalog_name, schema_name, table_name
                """.formatted(WITHIN)), dataSource).map((row, _) -> table(row)).list();
    }

    void replaceWithin(ObjectName dataSource, Collection<ObservedTable> tables) {
        bind(handle.createUpdate("DELETE FROM observed_table WHERE " + WITHIN), dataSource).execute();
        if (tables.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO observed_table (catalog_name, schema_name, table_name, is_view, is_readable, column_names, column_types)
                VALUES (:catalog, :schema, :table, :view, :readable, :names, :types)
                """);
        for (ObservedTable table : tables) {
            batch.bind("catalog", table.name().catalog())
                    .bind("schema", table.name().schema().orElseThrow())
                    .bind("table", table.name().table().orElseThrow())
                    .bind("view", table.view())
                    .bind("readable", table.readable())
                    .bindArray("names", String.class, table.columns().stream().map(ObservedColumn::name).toList())
                    .bindArray("types", String.class, table.columns().stream().map(ObservedColumn::type).toList())
                    .add();
        }
        batch.execute();
    }

    List<ObjectName> dataSources() {
        return handle.createQuery("SELECT name FROM observed_data_source").map((row, _) -> ObjectName.parse(row.getString(1))).list();
    }

    List<ObjectName> tables() {
        return handle.createQuery("SELECT catalog_name, schema_name, table_name FROM observed_table")
                .map((row, _) -> ObjectName.ofTable(row.getString(1), row.getString(2), row.getString(3))).list();
    }

    void deleteDataSources(List<ObjectName> names) {
        handle.createUpdate("DELETE FROM observed_data_source WHERE name = ANY (:names)")
                .bindArray("names", String.class, names.stream().map(ObjectName::toString).toList()).execute();
    }

    void deleteTables(List<ObjectName> names) {
        handle.createUpdate("""
                DELETE FROM observed_table WHERE (catalog_name, schema_name, table_name) IN (
                    SELECT * FROM unnest(:catalogs, :schemas, :tables))
                """)
                .bindArray("catalogs", String.class, names.stream().map(ObjectName::catalog).toList())
                .bindArray("schemas", String.class, names.stream().map(name -> name.schema().orElseThrow()).toList())
                .bindArray("tables", String.class, names.stream().map(name -> name.table().orElseThrow()).toList())
                .execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, ObjectName dataSource) {
        return statement.bind("catalog", dataSource.catalog())
                .bind("schema", dataSource.schema().orElse(""))
                .bind("table", dataSource.table().orElse(""));
    }

    private static ObservedTable table(ResultSet row)
            throws SQLException {
        List<String> names = texts(row, "column_names");
        List<String> types = texts(row, "column_types");
        return new ObservedTable(
                ObjectName.ofTable(row.getString("catalog_name"), row.getString("schema_name"), row.getString("table_name")),
                row.getBoolean("is_view"),
                row.getBoolean("is_readable"),
                IntStream.range(0, names.size()).mapToObj(column -> new ObservedColumn(names.get(column), types.get(column))).toList());
    }

    private static List<String> texts(ResultSet row, String column)
            throws SQLException {
        Array array = row.getArray(column);
        return ImmutableList.copyOf((String[]) array.getArray());
    }
}
