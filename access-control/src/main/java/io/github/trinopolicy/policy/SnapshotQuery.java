package io.github.trinopolicy.policy;

import io.github.trinopolicy.model.ObjectName;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.QualifiedName;
import java.util.List;
import java.util.Optional;

/// The question which snapshot of an Iceberg table is the present one.
public final class SnapshotQuery {
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);
    private static final String REFERENCES = "$refs";

    private SnapshotQuery() {
    }

    public static String of(ObjectName table) {
        ObjectName references = references(table);
        QualifiedName name = QualifiedName.of(List.of(part(references.catalog()), part(references.schema().orElseThrow()),
                part(references.table().orElseThrow())));
        return "SELECT CAST(snapshot_id AS varchar) FROM %s WHERE name = 'main'".formatted(name.getOriginalParts().stream()
                .map(TrinoSql::format).reduce((first, second) -> first + "." + second).orElseThrow());
    }

    /// The table that the connector shows for the question.
    public static ObjectName references(ObjectName table) {
        return new ObjectName(table.catalog(), table.schema(), Optional.of(table.table().orElseThrow() + REFERENCES));
    }

    private static Identifier part(String name) {
        return new Identifier(NOWHERE, name, true);
    }
}
