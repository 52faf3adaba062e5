package io.github.trinopolicy.connector;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.trino.spi.connector.ColumnMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTableMetadata;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.InMemoryRecordSet;
import io.trino.spi.connector.RecordCursor;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.connector.SystemTable;
import io.trino.spi.predicate.TupleDomain;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A table of the schema `policy.metadata`. Its rows are made on the coordinator, anew for each query and for whoever asks.
final class MetadataTable implements SystemTable {
    private final ConnectorTableMetadata metadata;
    private final List<Type> types;
    private final Function<ConnectorSession, List<List<@Nullable Object>>> rows;

    /// @param rows values in the order of the columns, in the form that record cursors take
    MetadataTable(String name, String comment, List<ColumnMetadata> columns,
            Function<ConnectorSession, List<List<@Nullable Object>>> rows) {
        this.metadata = new ConnectorTableMetadata(new SchemaTableName(PolicyCatalog.METADATA_SCHEMA, name), columns, ImmutableMap.of(),
                Optional.of(comment));
        this.types = columns.stream().map(ColumnMetadata::getType).collect(ImmutableList.toImmutableList());
        this.rows = requireNonNull(rows, "rows is null");
    }

    static ColumnMetadata column(String name, Type type, String comment) {
        return ColumnMetadata.builder().setName(name).setType(type).setComment(Optional.of(comment)).build();
    }

    @Override
    public Distribution getDistribution() {
        return Distribution.SINGLE_COORDINATOR;
    }

    @Override
    public ConnectorTableMetadata getTableMetadata() {
        return metadata;
    }

    @Override
    public RecordCursor cursor(ConnectorTransactionHandle transaction, ConnectorSession session, TupleDomain<Integer> constraint) {
        InMemoryRecordSet.Builder records = InMemoryRecordSet.builder(types);
        rows.apply(session).forEach(row -> records.addRow(row.toArray()));
        return records.build().cursor();
    }
}
