package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.trino.spi.QueryId;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.eventlistener.QueryCompletedEvent;

/// Forgets a query when it has completed.
final class QueryCompletionListener implements EventListener {
    private final QueryRegistry queries;

    QueryCompletionListener(QueryRegistry queries) {
        this.queries = requireNonNull(queries, "queries is null");
    }

    @Override
    public void queryCompleted(QueryCompletedEvent event) {
        queries.leave(QueryId.valueOf(event.getMetadata().getQueryId()));
    }
}
