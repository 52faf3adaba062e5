package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.enforcement.ViewRegistry.ViewColumn;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.QueryId;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.eventlistener.OutputColumnMetadata;
import io.trino.spi.eventlistener.QueryCompletedEvent;
import io.trino.spi.eventlistener.QueryOutputMetadata;
import java.util.Collection;
import java.util.List;

/// Forgets a query when it has completed, and tells of the views that it made or dropped.
final class QueryCompletionListener implements EventListener {
    private final QueryRegistry queries;
    private final ViewRegistry views;

    QueryCompletionListener(QueryRegistry queries, ViewRegistry views) {
        this.queries = requireNonNull(queries, "queries is null");
        this.views = requireNonNull(views, "views is null");
    }

    @Override
    public void queryCompleted(QueryCompletedEvent event) {
        QueryId query = QueryId.valueOf(event.getMetadata().getQueryId());
        if (event.getFailureInfo().isEmpty()) {
            queries.find(query).ifPresent(context -> tell(context, event));
        }
        queries.leave(query);
    }

    private void tell(QueryContext context, QueryCompletedEvent event) {
        String user = context.asker().user();
        context.droppedView().ifPresent(view -> views.dropped(view, user));
        context.viewRename().ifPresent(rename -> views.renamed(rename.view(), rename.newName(), user));
        context.createdView().ifPresent(view -> event.getIoMetadata().getOutput()
                .filter(output -> nameOf(output).equals(view))
                .flatMap(QueryOutputMetadata::getColumns)
                .ifPresent(columns -> views.created(view, viewColumns(columns), user)));
    }

    private static List<ViewColumn> viewColumns(Collection<OutputColumnMetadata> columns) {
        return columns.stream().map(column -> new ViewColumn(column.getColumnName(), column.getColumnType())).collect(toImmutableList());
    }

    private static ObjectName nameOf(QueryOutputMetadata output) {
        return ObjectName.ofTable(output.getCatalogName(), output.getSchema(), output.getTable());
    }
}
