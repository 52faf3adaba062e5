package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.monitoring.NotedChange;
import io.github.trinopolicy.monitoring.SchemaChanges;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.schema_events`: what became of governed tables. For administrators and auditors; owners see what is about their data sources,
/// and the policies that concern these now.
final class SchemaEventTable {
    private final Authorization authorization;
    private final SchemaChanges changes;

    SchemaEventTable(Authorization authorization, SchemaChanges changes) {
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.changes = requireNonNull(changes, "changes is null");
    }

    SystemTable table() {
        return new MetadataTable("schema_events",
                "What became of governed tables: the newest ten thousand events, and as many changes of policies and tags",
                ImmutableList.of(
                        column("at", VARCHAR, "When it was noticed, as an instant in UTC"),
                        column("kind", VARCHAR, "created-table, dropped-table, renamed-table, created-view, dropped-view, added-column, "
                                + "dropped-column, retyped-column, renamed-column, drift, discovery, registered, unregistered, added-tag, "
                                + "removed-tag, applied-policy, changed-policy or removed-policy"),
                        column("object", VARCHAR, "The data source, table or view, by its name before; NULL: a policy"),
                        column("column_name", VARCHAR, "The column, by its name before; NULL: the whole"),
                        column("policy", VARCHAR, "The policy; NULL: none"),
                        column("before", VARCHAR, "Name, type or tag before"),
                        column("after", VARCHAR, "Name, type or tag since"),
                        column("user_name", VARCHAR, "Who did it; NULL: it was found"),
                        column("query_id", VARCHAR, "The query that did it"),
                        column("job_id", BIGINT, "The run that found it"),
                        column("version", BIGINT, "The version of the store that it made")),
                this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        boolean seesAll = authorization.isAuditor(query.asker());
        List<List<@Nullable Object>> rows = new ArrayList<>();
        if (!seesAll && !ownsSomething(query)) {
            return rows;
        }
        Set<String> policies = seesAll ? ImmutableSet.of() : policiesOfOwned(query);
        for (NotedChange change : newest()) {
            boolean visible = seesAll || change.policy().filter(policies::contains).isPresent()
                    || change.object().filter(object -> authorization.isOwner(query.snapshot(), query.asker(), object)).isPresent();
            if (visible) {
                rows.add(row(change));
            }
        }
        return rows;
    }

    private boolean ownsSomething(QueryContext query) {
        return query.snapshot().dataSources().stream()
                .anyMatch(source -> authorization.isOwner(query.snapshot(), query.asker(), source.objectName()));
    }

    private Set<String> policiesOfOwned(QueryContext query) {
        ImmutableSet.Builder<String> policies = ImmutableSet.builder();
        Stream.<ObjectName>concat(query.snapshot().knownTables().stream().map(KnownTable::name),
                query.snapshot().dataSources().stream().map(DataSource::objectName)).distinct()
                .filter(name -> authorization.isOwner(query.snapshot(), query.asker(), name))
                .forEach(name -> policies.addAll(query.snapshot().policiesConcerning(name)));
        return policies.build();
    }

    private List<NotedChange> newest() {
        try {
            return changes.newest();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(NotedChange change) {
        return Arrays.asList(change.at().toString(), change.kind(), change.object().map(ObjectName::toString).orElse(null),
                change.column().orElse(null), change.policy().orElse(null), change.before().orElse(null), change.after().orElse(null),
                change.user().orElse(null), change.query().orElse(null), number(change.job()), number(change.version()));
    }

    private static @Nullable Long number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
