package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TableReach;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Policy;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.policies`. Administrators and auditors see all policies, owners those that are enforced on what they own and not what
/// is wrong with them, as that quotes the policy; others ask `explain` about the tables that they use.
final class PolicyTable {
    private final Authorization authorization;

    PolicyTable(Authorization authorization) {
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    SystemTable table() {
        return new MetadataTable("policies", "Policies, with what is wrong with them", ImmutableList.of(
                column("name", VARCHAR, "Name of the policy"),
                column("type", VARCHAR, "access, row-filter, mask and so on"),
                column("state", VARCHAR, "active, staged, or broken: a broken policy closes the tables that it selects"),
                column("description", VARCHAR, "What its author says of it"),
                column("problem", VARCHAR, "Why it is broken; for administrators and auditors")), this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        PolicySnapshot snapshot = query.snapshot();
        boolean auditor = authorization.isAuditor(query.asker());
        Set<String> visible = auditor ? ImmutableSet.of() : concerningOwned(query);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        snapshot.sortedObjectsOf(Kind.POLICY).stream().filter(policy -> auditor || visible.contains(policy.name())).forEach(object -> {
            Policy policy = (Policy) object;
            Optional<String> problem = snapshot.brokenReason(policy.name());
            rows.add(Arrays.asList(policy.name(), policy.body().type(),
                    problem.isPresent() ? "broken" : policy.state().name().toLowerCase(ENGLISH), policy.description().orElse(null),
                    auditor ? problem.orElse(null) : null));
        });
        return rows;
    }

    private Set<String> concerningOwned(QueryContext query) {
        PolicySnapshot snapshot = query.snapshot();
        ImmutableSet.Builder<String> policies = ImmutableSet.builder();
        Stream.concat(snapshot.dataSources().stream().map(DataSource::objectName), snapshot.knownTables().stream().map(KnownTable::name))
                .distinct()
                .filter(object -> authorization.isOwner(snapshot, query.asker(), object))
                .forEach(object -> policies.addAll(TableReach.ofAny(snapshot, object).policies()));
        return policies.build();
    }
}
