package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.Layer;
import io.github.trinopolicy.decision.LayeredObject;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.SnapshotSource;
import io.github.trinopolicy.enforcement.EnforcementUser;
import io.github.trinopolicy.enforcement.NameChange;
import io.github.trinopolicy.enforcement.ObjectRegistry;
import io.github.trinopolicy.enforcement.PolicyAccessControl;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.enforcement.ServiceUser;
import io.github.trinopolicy.enforcement.UngovernedTables;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.SchemaEvent;
import io.trino.spi.QueryId;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;

/// The real access control over the documents of a migration.
final class TestingMigratedControl {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    /// Whether masks of type `custom` compile. Where they do not yet, a constant that holds the expression stands for them, which shows
    /// to whom and on which column the mask is applied.
    static final boolean CUSTOM_COMPILES = compilesCustom();

    final PolicyAccessControl accessControl;
    private int queries;

    /// @param columns of every table
    TestingMigratedControl(List<PolicyObject> documents, List<String> columns) {
        List<PolicyObject> effective = documents.stream()
                .map(TestingMigratedControl::compiling).collect(toImmutableList());
        PolicySnapshot snapshot = snapshot(effective, columns);
        for (PolicyObject document : effective) {
            if (document instanceof Policy policy && snapshot.brokenReason(policy.name()).isPresent()) {
                throw new IllegalStateException(policy.name() + ": " + snapshot.brokenReason(policy.name()).get());
            }
        }
        PolicyConfig config = new PolicyConfig().setAdministrators("nobody").setUngovernedTables(UngovernedTables.DENY);
        Roles roles = new Roles(config);
        accessControl = new PolicyAccessControl(new QueryRegistry(() -> snapshot, roles, Clock.fixed(NOW, ZoneOffset.UTC),
                new ServiceUser(Optional.empty())),
                new PolicyEvaluator(new MaskCatalogue(), PolicyCatalog.NAME), new EnforcementUser(), roles, config, new TestingNoViews(),
                _ -> {
                }, () -> {
                });
    }

    SystemSecurityContext query(Identity identity) {
        queries++;
        QueryId query = new QueryId("query_" + queries);
        accessControl.checkCanExecuteQuery(identity, query);
        return new SystemSecurityContext(identity, query, NOW);
    }

    private static PolicyObject compiling(PolicyObject document) {
        if (CUSTOM_COMPILES || !(document instanceof Policy policy) || !(policy.body() instanceof Masking masking)) {
            return document;
        }
        List<MaskRule> rules = masking.rules().stream()
                .map(rule -> rule.mask() instanceof Mask.Custom custom
                        ? new MaskRule(rule.forWhom(), new Mask.Constant(custom.expression()))
                        : rule)
                .collect(toImmutableList());
        return new Policy(policy.name(), policy.description(), policy.state(), policy.exempt(),
                new Masking(masking.columns(), rules, masking.condition(), masking.priority()));
    }

    private static PolicySnapshot snapshot(List<PolicyObject> documents, List<String> columns) {
        List<KnownTable> tables = documents.stream()
                .filter(document -> document instanceof DataSource source && source.objectName().isTable())
                .map(document -> known(((DataSource) document).objectName(), columns)).collect(toImmutableList());
        return PolicySnapshot.compile(SnapshotSource.of(1, new UUID(0, 1),
                documents.stream().map(document -> new LayeredObject(Layer.BUNDLE, document)).collect(toImmutableList()), tables,
                ImmutableList.of(), ImmutableMap.of()), new PolicyCompiler(), Optional.empty());
    }

    private static KnownTable known(ObjectName table, List<String> columns) {
        return new KnownTable(id(table.toString()), table, columns.stream().collect(
                toImmutableMap(column -> column, column -> new KnownColumn(id(table + column), column, VARCHAR.getDisplayName()))));
    }

    private static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }

    private static boolean compilesCustom() {
        Policy probe = new Policy("probe", Optional.empty(), Policy.State.ACTIVE, Optional.empty(),
                new Masking(new ColumnSelector(Set.of(), Optional.of("x"), Set.of(),
                        Set.of(), Set.of(), Optional.empty()),
                        ImmutableList.of(new MaskRule(Optional.empty(), new Mask.Custom("concat(x, 'y')"))), Optional.empty(), 0));
        return snapshot(ImmutableList.of(probe), ImmutableList.of()).brokenReason("probe").isEmpty();
    }

    private static final class TestingNoViews implements ObjectRegistry {
        @Override
        public void created(ObjectName view, List<ViewColumn> columns, String user) {
        }

        @Override
        public void dropped(ObjectName view, String user) {
        }

        @Override
        public void changed(QueryId query, NameChange change, String user, LongConsumer settled) {
        }

        @Override
        public void altered(SchemaEvent event) {
        }
    }
}
