package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.enforcement.ObjectRegistry.ViewColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEventKind;
import io.trino.spi.QueryId;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.eventlistener.OutputColumnMetadata;
import io.trino.spi.eventlistener.QueryCompletedEvent;
import io.trino.spi.eventlistener.QueryCreatedEvent;
import io.trino.spi.eventlistener.QueryMetadata;
import io.trino.spi.eventlistener.QueryOutputMetadata;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Learns the statement of a query when it begins. Forgets the query when it has completed, and tells of the views that it made or dropped and
/// of the names that it changed.
final class QueryCompletionListener implements EventListener {
    private static final String NO_RETRIES = "NONE";

    private final QueryRegistry queries;
    private final ObjectRegistry objects;

    QueryCompletionListener(QueryRegistry queries, ObjectRegistry objects) {
        this.queries = requireNonNull(queries, "queries is null");
        this.objects = requireNonNull(objects, "objects is null");
    }

    @Override
    public void queryCreated(QueryCreatedEvent event) {
        QueryMetadata metadata = event.getMetadata();
        queries.find(QueryId.valueOf(metadata.getQueryId()))
                .ifPresent(context -> {
                    String sql = metadata.getPreparedQuery().orElseGet(metadata::getQuery);
                    context.rememberStatement(sql);
                    context.submit(submitted(sql, event));
                });
    }

    private static SubmittedQuery submitted(String sql, QueryCreatedEvent event) {
        io.trino.spi.eventlistener.QueryContext session = event.getContext();
        return new SubmittedQuery(sql, !session.getUser().equals(session.getOriginalUser()), event.getMetadata().getEncoding().isPresent(),
                !session.getRetryPolicy().equals(NO_RETRIES));
    }

    @Override
    public void queryCompleted(QueryCompletedEvent event) {
        QueryId query = QueryId.valueOf(event.getMetadata().getQueryId());
        if (event.getFailureInfo().isEmpty()) {
            queries.find(query).ifPresent(context -> tell(query, context, event));
        }
        else {
            queries.moving().abandon(query);
        }
        queries.leave(query);
    }

    private void tell(QueryId query, QueryContext context, QueryCompletedEvent event) {
        String user = context.asker().user();
        context.tableChange().ifPresent(objects::altered);
        context.droppedView().ifPresent(view -> {
            objects.dropped(view, user);
            objects.altered(context.schemaEvent(SchemaEventKind.DROPPED_VIEW, view, Optional.empty()));
        });
        context.nameChange().ifPresent(change -> objects.changed(query, change, user, version -> queries.moving().settle(query, version)));
        context.createdView().ifPresent(view -> event.getIoMetadata().getOutput()
                .filter(output -> nameOf(output).equals(view))
                .flatMap(QueryOutputMetadata::getColumns)
                .ifPresent(columns -> {
                    objects.created(view, viewColumns(columns), user);
                    objects.altered(context.schemaEvent(SchemaEventKind.CREATED_VIEW, view, Optional.empty()));
                }));
    }

    private static List<ViewColumn> viewColumns(Collection<OutputColumnMetadata> columns) {
        return columns.stream().map(column -> new ViewColumn(column.getColumnName(), column.getColumnType())).collect(toImmutableList());
    }

    private static ObjectName nameOf(QueryOutputMetadata output) {
        return ObjectName.ofTable(output.getCatalogName(), output.getSchema(), output.getTable());
    }
}
