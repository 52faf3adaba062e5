package io.github.trinopolicy.enforcement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.RedactedStatement;
import io.github.trinopolicy.policy.SecretStatement;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.QueryId;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.eventlistener.QueryCompletedEvent;
import io.trino.spi.eventlistener.QueryFailureInfo;
import io.trino.spi.eventlistener.QueryMetadata;
import io.trino.spi.eventlistener.QueryStatistics;
import java.util.Optional;

/// Records each query that ends, with how its tables looked to whoever asked. Comes before the listener that forgets the query.
final class QueryAuditListener implements EventListener {
    private final QueryRegistry queries;
    private final AuditLog log;
    private final AuditedText text;

    QueryAuditListener(QueryRegistry queries, AuditLog log, AuditedText text) {
        this.queries = requireNonNull(queries, "queries is null");
        this.log = requireNonNull(log, "log is null");
        this.text = requireNonNull(text, "text is null");
    }

    @Override
    public void queryCompleted(QueryCompletedEvent event) {
        AuditEvent.Builder row = AuditEvent.of(AuditEvent.Kind.QUERY, event.getEndTime())
                .put(AuditField.QUERY_ID, event.getMetadata().getQueryId())
                .put(AuditField.BEGAN_AT, event.getCreateTime())
                .put(AuditField.STATE, event.getMetadata().getQueryState())
                .put(AuditField.ERROR_CODE, event.getFailureInfo().map(QueryFailureInfo::getErrorCode).map(code -> code.getName()))
                .put(AuditField.OUTPUT_TABLE, event.getIoMetadata().getOutput()
                        .map(output -> ObjectName.ofTable(output.getCatalogName(), output.getSchema(), output.getTable()).toString()));
        putStatement(row, event.getMetadata(), event);
        putClient(row, event.getContext());
        putStatistics(row, event.getStatistics());
        queries.find(QueryId.valueOf(event.getMetadata().getQueryId())).ifPresent(query -> putDecisions(row, query));
        log.record(row.build());
    }

    private void putStatement(AuditEvent.Builder row, QueryMetadata metadata, QueryCompletedEvent event) {
        row.put(AuditField.STATEMENT, metadata.getUpdateType().or(() -> event.getContext().getQueryType().map(Enum::name)));
        String sql = metadata.getPreparedQuery().orElseGet(metadata::getQuery);
        if (SecretStatement.holds(sql)) {
            // whatever is configured, and no hash by which the secret could be guessed
            redacted(sql, metadata, event).ifPresent(known -> row.put(AuditField.QUERY_TEXT, known));
            return;
        }
        switch (text) {
            case NONE -> {
                // nothing is kept
            }
            case FULL -> row.put(AuditField.QUERY_TEXT, sql);
            case REDACTED -> redacted(sql, metadata, event).ifPresentOrElse(known -> row.put(AuditField.QUERY_TEXT, known),
                    () -> row.put(AuditField.QUERY_HASH, Hashing.sha256().hashString(sql, UTF_8).toString()));
        }
    }

    private static Optional<String> redacted(String sql, QueryMetadata metadata, QueryCompletedEvent event) {
        // of a statement that was not analyzed to its end nobody has looked whether its names are some: they may be misquoted texts
        boolean analyzed = event.getFailureInfo().isEmpty() || !metadata.getTables().isEmpty();
        return analyzed ? RedactedStatement.of(sql) : Optional.empty();
    }

    private static void putClient(AuditEvent.Builder row, io.trino.spi.eventlistener.QueryContext context) {
        row.put(AuditField.USER_NAME, context.getUser())
                .put(AuditField.ORIGINAL_USER, Optional.of(context.getOriginalUser()).filter(user -> !user.equals(context.getUser())))
                .put(AuditField.PRINCIPAL, context.getPrincipal())
                .put(AuditField.USER_GROUPS, context.getGroups())
                .put(AuditField.CLIENT_SOURCE, context.getSource())
                .put(AuditField.CLIENT_INFO, context.getClientInfo())
                .put(AuditField.CLIENT_ADDRESS, context.getRemoteClientAddress());
    }

    private static void putStatistics(AuditEvent.Builder row, QueryStatistics statistics) {
        row.put(AuditField.QUEUED_MILLIS, statistics.getQueuedTime().toMillis())
                .put(AuditField.ELAPSED_MILLIS, statistics.getWallTime().toMillis())
                .put(AuditField.CPU_MILLIS, statistics.getCpuTime().toMillis())
                .put(AuditField.INPUT_ROWS, statistics.getProcessedInputRows())
                .put(AuditField.OUTPUT_ROWS, statistics.getOutputRows())
                .put(AuditField.WRITTEN_ROWS, statistics.getWrittenRows());
    }

    private static void putDecisions(AuditEvent.Builder row, QueryContext query) {
        Subject asker = query.asker();
        row.put(AuditField.USER_NAME, asker.user())
                .put(AuditField.ORIGINAL_USER, query.impersonator())
                .put(AuditField.USER_GROUPS, asker.groups())
                .put(AuditField.PROJECT, asker.project())
                .put(AuditField.PURPOSES, asker.purposes())
                .put(AuditField.EXEMPT, query.exempt())
                .put(AuditField.POLICY_VERSION, query.snapshot().version());
        if (!query.trace().readings().isEmpty()) {
            row.put(AuditField.TABLES, AuditedTables.json(query));
        }
    }
}
