package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.MetadataProvider;
import java.util.List;
import java.util.Optional;

/// Asks Trino, in its own process, for the columns that a table or view really has.
public final class TableDescriber {
    private final MetadataProvider metadata;

    public TableDescriber(MetadataProvider metadata) {
        this.metadata = requireNonNull(metadata, "metadata is null");
    }

    /// The columns without hidden ones; empty where there is no such table.
    ///
    /// @param session a session that Trino gave for the running query
    public Optional<List<Column>> describe(ConnectorSession session, ObjectName table) {
        return metadata
                .getRelationMetadata(session,
                        new CatalogSchemaTableName(table.catalog(), table.schema().orElseThrow(), table.table().orElseThrow()))
                .map(schema -> schema.getColumns().stream()
                        .filter(column -> !column.isHidden())
                        .map(column -> new Column(column.getName().toLowerCase(ENGLISH), column.getType()))
                        .collect(toImmutableList()));
    }
}
