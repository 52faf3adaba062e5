package io.github.trinopolicy.policy;

import io.github.trinopolicy.model.ObjectName;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.StringLiteral;

/// Questions of which tables there are in a catalog, in a schema or under one name.
public final class ListingQuery {
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private ListingQuery() {
    }

    /// Gives schema, name and whether it is a table or a view.
    public static String tables(ObjectName dataSource) {
        return "SELECT table_schema, table_name, table_type FROM %s.information_schema.tables WHERE %s"
                .formatted(catalog(dataSource), condition(dataSource));
    }

    /// Gives schema, name of the table, position, name and type of each column.
    public static String columns(ObjectName dataSource) {
        return ("SELECT table_schema, table_name, CAST(ordinal_position AS varchar), column_name, data_type "
                + "FROM %s.information_schema.columns WHERE %s").formatted(catalog(dataSource), condition(dataSource));
    }

    private static String catalog(ObjectName dataSource) {
        return TrinoSql.format(new Identifier(NOWHERE, dataSource.catalog(), true));
    }

    private static String condition(ObjectName dataSource) {
        String schema = dataSource.schema().map(name -> "table_schema = " + literal(name)).orElse("table_schema <> 'information_schema'");
        return schema + dataSource.table().map(name -> " AND table_name = " + literal(name)).orElse("");
    }

    private static String literal(String value) {
        return TrinoSql.format(new StringLiteral(NOWHERE, value));
    }
}
