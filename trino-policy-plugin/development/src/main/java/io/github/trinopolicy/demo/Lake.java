package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/// The Iceberg catalog of the demo: Parquet files on local disk, table pointers in PostgreSQL.
public final class Lake {
    /// The schema of the table pointers.
    static final String SCHEMA = "iceberg_catalog";

    private final Database database;
    private final Path warehouse;

    public Lake(Database database, Path warehouse) {
        this.database = requireNonNull(database, "database is null");
        this.warehouse = requireNonNull(warehouse, "warehouse is null");
    }

    /// Creates the tables of the catalog where they are missing; the connector expects them.
    public void prepare() throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS iceberg_catalog.iceberg_tables (
                        catalog_name varchar(255) NOT NULL,
                        table_namespace varchar(255) NOT NULL,
                        table_name varchar(255) NOT NULL,
                        metadata_location varchar(1000),
                        previous_metadata_location varchar(1000),
                        iceberg_type varchar(5),
                        PRIMARY KEY (catalog_name, table_namespace, table_name))
                    """);
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS iceberg_catalog.iceberg_namespace_properties (
                        catalog_name varchar(255) NOT NULL,
                        namespace varchar(255) NOT NULL,
                        property_key varchar(255),
                        property_value varchar(1000),
                        PRIMARY KEY (catalog_name, namespace, property_key))
                    """);
        }
    }

    /// What stands in `etc/catalog/lake.properties` of each node.
    public Map<String, String> catalogProperties() {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "iceberg")
                .put("iceberg.catalog.type", "jdbc")
                .put("iceberg.jdbc-catalog.driver-class", "org.postgresql.Driver")
                .put("iceberg.jdbc-catalog.connection-url", database.urlWith("currentSchema", SCHEMA))
                .put("iceberg.jdbc-catalog.connection-user", database.user())
                .put("iceberg.jdbc-catalog.connection-password", database.password())
                .put("iceberg.jdbc-catalog.catalog-name", "lake")
                .put("iceberg.jdbc-catalog.default-warehouse-dir", "local:///lake")
                .put("fs.local.enabled", "true")
                .put("local.location", warehouse.toString())
                .buildOrThrow();
    }
}
