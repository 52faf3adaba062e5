package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.guardrail;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.as;
import static io.github.trinopolicy.enforcement.TestingEnforcement.config;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static io.github.trinopolicy.enforcement.TestingEnforcement.viewOwner;
import static java.util.Locale.ENGLISH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Principals;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestTableGuard {
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final CatalogSchemaTableName ALONE = new CatalogSchemaTableName("hive", "raw", "alone");
    private static final CatalogSchemaTableName UNGOVERNED = new CatalogSchemaTableName("hive", "raw", "other");
    private static final CatalogSchemaName SCHEMA = new CatalogSchemaName("lake", "shop");
    /// `lake` is governed as a whole; of `hive` one table alone.
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            registered("lake.shop"),
            registered(name(ALONE)),
            grant("r", Level.READ, "in_any_group('readers')", everywhere()),
            grant("w", Level.WRITE, "in_any_group('writers')", everywhere()),
            grant("o", Level.OWN, "in_any_group('owners')", everywhere()),
            exempt(where("filter", "false", everywhere()), "in_any_group('trusted')"));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE);
    private final PolicyAccessControl accessControl = enforcement.accessControl;

    /// A question of Trino about one table.
    private interface Check {
        void ask(PolicyAccessControl accessControl, SystemSecurityContext context, CatalogSchemaTableName table);
    }

    private static final List<Check> READS = ImmutableList.of(
            (access, context, table) -> access.checkCanSelectFromColumns(context, table, Set.of("c")),
            (access, context, table) -> access.checkCanSelectFromColumns(context, table, Optional.of("b"), Set.of("c")),
            (access, context, table) -> access.checkCanSelectFromColumns(context, table, Optional.empty(), Set.of()),
            (access, context, table) -> access.checkCanCreateViewWithSelectFromColumns(context, table, Set.of("c")),
            (access, context, table) -> access.checkCanCreateViewWithSelectFromColumns(context, table, Optional.of("b"), Set.of("c")),
            PolicyAccessControl::checkCanShowColumns);

    private static final List<Check> WRITES = ImmutableList.of(
            PolicyAccessControl::checkCanInsertIntoTable,
            (access, context, table) -> access.checkCanInsertIntoTable(context, table, Optional.of("b")),
            PolicyAccessControl::checkCanDeleteFromTable,
            (access, context, table) -> access.checkCanDeleteFromTable(context, table, Optional.of("b")),
            (access, context, table) -> access.checkCanUpdateTableColumns(context, table, Set.of("c")),
            (access, context, table) -> access.checkCanUpdateTableColumns(context, table, Optional.of("b"), Set.of("c")));

    private static final List<Check> CHANGES = ImmutableList.of(
            (access, context, table) -> access.checkCanCreateTable(context, table, Map.of()),
            PolicyAccessControl::checkCanDropTable,
            (access, context, table) -> access.checkCanRenameTable(context, table, beside(table)),
            (access, context, table) -> access.checkCanSetTableProperties(context, table, Map.of()),
            PolicyAccessControl::checkCanSetTableComment,
            PolicyAccessControl::checkCanSetViewComment,
            PolicyAccessControl::checkCanSetColumnComment,
            PolicyAccessControl::checkCanAddColumn,
            PolicyAccessControl::checkCanAlterColumn,
            PolicyAccessControl::checkCanDropColumn,
            PolicyAccessControl::checkCanRenameColumn,
            PolicyAccessControl::checkCanShowBranches,
            (access, context, table) -> access.checkCanCreateBranch(context, table, "b"),
            (access, context, table) -> access.checkCanDropBranch(context, table, "b"),
            (access, context, table) -> access.checkCanFastForwardBranch(context, table, "a", "b"),
            PolicyAccessControl::checkCanCreateView,
            PolicyAccessControl::checkCanRefreshView,
            PolicyAccessControl::checkCanDropView,
            (access, context, table) -> access.checkCanRenameView(context, table, beside(table)));

    private static final List<Check> CHANGES_OF_MATERIALIZED_VIEWS = ImmutableList.of(
            (access, context, table) -> access.checkCanCreateMaterializedView(context, table, Map.of()),
            PolicyAccessControl::checkCanRefreshMaterializedView,
            (access, context, table) -> access.checkCanSetMaterializedViewProperties(context, table, Map.of()),
            PolicyAccessControl::checkCanDropMaterializedView,
            (access, context, table) -> access.checkCanRenameMaterializedView(context, table, beside(table)));

    @Test
    void testLevelsOfGovernedTables() {
        assertAllowed(READS, TABLE, "readers", "writers", "owners");
        assertAllowed(WRITES, TABLE, "writers", "owners");
        assertAllowed(CHANGES, TABLE, "owners");
        assertAllowed(CHANGES_OF_MATERIALIZED_VIEWS, TABLE, "owners");
        assertAllowed(List.of(PolicyAccessControl::checkCanShowCreateTable), TABLE, "owners");
    }

    /// The registry of views is told when the query has succeeded, not when it may go on.
    @Test
    void testViewsThatAQueryMakesAreRemembered() {
        SystemSecurityContext owner = enforcement.query("alice", "owners");
        accessControl.checkCanCreateView(owner, TABLE);
        accessControl.checkCanDropView(owner, beside(TABLE));
        accessControl.checkCanRenameView(owner, TABLE, beside(TABLE));
        assertThat(enforcement.queries.require(owner.getQueryId()).nameChange())
                .contains(new NameChange.Renamed(TableGuard.nameOf(TABLE), TableGuard.nameOf(beside(TABLE))));
        assertThat(enforcement.queries.require(owner.getQueryId()).createdView()).hasToString("Optional[lake.shop.customer]");
        assertThat(enforcement.queries.require(owner.getQueryId()).droppedView()).hasToString("Optional[lake.shop.beside]");

        SystemSecurityContext writer = enforcement.query("alice", "writers");
        assertDenied(() -> accessControl.checkCanCreateView(writer, TABLE), "no policy lets alice change");
        assertDenied(() -> accessControl.checkCanDropView(writer, TABLE), "no policy lets alice change");
        assertDenied(() -> accessControl.checkCanRenameView(writer, TABLE, beside(TABLE)), "no policy lets alice change");
        assertThat(enforcement.queries.require(writer.getQueryId()).nameChange()).isEmpty();
        assertThat(enforcement.queries.require(writer.getQueryId()).createdView()).isEmpty();
        assertThat(enforcement.queries.require(writer.getQueryId()).droppedView()).isEmpty();
        assertThat(enforcement.objects.told).isEmpty();
    }

    /// What is only explained, or may do nothing, is not taken for done.
    @Test
    void testWhatAQueryDoesToATableIsRemembered() {
        assertThat(changes("CREATE TABLE t (a integer)", PolicyAccessControl::checkCanDropTable))
                .isEqualTo("DROPPED_TABLE lake.shop.customer");
        Check create = (control, context, table) -> control.checkCanCreateTable(context, table, ImmutableMap.of());
        assertThat(changes("CREATE TABLE t AS SELECT 1 AS a", create)).isEqualTo("CREATED_TABLE lake.shop.customer");
        assertThat(changes("EXPLAIN CREATE TABLE t AS SELECT 1 AS a", create)).isEqualTo("nothing");
        assertThat(changes("ALTER TABLE t ADD COLUMN Extra integer", PolicyAccessControl::checkCanAddColumn))
                .isEqualTo("ADDED_COLUMN lake.shop.customer extra");
        assertThat(changes("ALTER TABLE t ADD COLUMN IF NOT EXISTS extra integer", PolicyAccessControl::checkCanAddColumn))
                .isEqualTo("nothing");
        assertThat(changes("ALTER TABLE t ADD COLUMN a.part integer", PolicyAccessControl::checkCanAlterColumn)).isEqualTo("nothing");
        assertThat(changes("ALTER TABLE t DROP COLUMN extra", PolicyAccessControl::checkCanDropColumn))
                .isEqualTo("DROPPED_COLUMN lake.shop.customer extra");
        assertThat(changes("ALTER TABLE t DROP COLUMN IF EXISTS extra", PolicyAccessControl::checkCanDropColumn)).isEqualTo("nothing");
        assertThat(changes("ALTER TABLE t ALTER COLUMN extra SET DATA TYPE bigint", PolicyAccessControl::checkCanAlterColumn))
                .isEqualTo("RETYPED_COLUMN lake.shop.customer extra");
    }

    private String changes(String statement, Check check) {
        SystemSecurityContext context = enforcement.statement("etl", statement);
        check.ask(accessControl, context, TABLE);
        return enforcement.queries.require(context.getQueryId()).tableChange()
                .map(event -> "%s %s%s".formatted(event.kind(), event.object(), event.column().map(" "::concat).orElse("")))
                .orElse("nothing");
    }

    /// Rows that are hidden would be deleted too.
    @Test
    void testTruncateNeedsOwnAndAllRows() {
        Check truncate = PolicyAccessControl::checkCanTruncateTable;
        assertAllowed(List.of(truncate), TABLE);
        assertDenied(() -> truncate.ask(accessControl, enforcement.query("alice", "writers", "trusted"), TABLE),
                "no policy lets alice change");
        assertDenied(() -> truncate.ask(accessControl, enforcement.query("alice", "owners"), TABLE),
                "a row filter hides rows from you that would be deleted too");
        assertThatCode(() -> truncate.ask(accessControl, enforcement.query("alice", "owners", "trusted"), TABLE))
                .doesNotThrowAnyException();
        assertThatCode(() -> truncate.ask(accessControl, enforcement.query("etl"), TABLE)).doesNotThrowAnyException();
    }

    @Test
    void testExemptUsersPassEveryCheck() {
        for (SystemSecurityContext context : List.of(enforcement.query("etl"), enforcement.query("x", "pipelines"))) {
            for (List<Check> checks : List.of(READS, WRITES, CHANGES, CHANGES_OF_MATERIALIZED_VIEWS)) {
                checks.forEach(check -> assertThatCode(() -> check.ask(accessControl, context, TABLE)).doesNotThrowAnyException());
            }
        }
    }

    @Test
    void testNobodyIsExemptByOffice() {
        for (SystemSecurityContext context : List.of(enforcement.query("root"), enforcement.query("ops"),
                enforcement.query("x", "administrators"), enforcement.query("pipelines"), enforcement.query("x", "etl"))) {
            READS.forEach(check -> assertThatThrownBy(() -> check.ask(accessControl, context, TABLE))
                    .isInstanceOf(AccessDeniedException.class));
        }
    }

    @Test
    @DisplayName("Invariant 4: a broken policy closes its tables, and is named")
    void testDenialNamesTheBrokenPolicy() {
        TestingEnforcement configured = new TestingEnforcement(TestingStore.of(registered(name(TABLE)), registered("lake.shop.secret"),
                grant("g", Level.READ, "true", tables(name(TABLE))), grant("h", Level.READ, "true", tables("lake.shop.secret")),
                grant("fragile", Level.READ, "in_any_group(", tables(name(TABLE)))));
        assertDenied(() -> READS.getFirst().ask(configured.accessControl, configured.query("alice"), TABLE),
                "policy 'fragile' does not compile and closes lake.shop.customer until a governor corrects it; "
                        + "policy.metadata.health tells him why");
        assertThatCode(() -> READS.getFirst().ask(configured.accessControl, configured.query("alice"),
                new CatalogSchemaTableName("lake", "shop", "secret"))).doesNotThrowAnyException();
    }

    @Test
    void testDenialNamesObjectAndRemedy() {
        assertDenied(() -> READS.getFirst().ask(accessControl, enforcement.query("alice"), TABLE),
                "no policy lets alice read lake.shop.customer; SELECT * FROM TABLE(policy.session.explain('lake.shop.customer')) tells why");
        assertDenied(() -> WRITES.getFirst().ask(accessControl, enforcement.query("alice"), TABLE), "no policy lets alice write to");
        CatalogSchemaTableName quoted = new CatalogSchemaTableName("lake", "shop", "it's");
        assertDenied(() -> CHANGES.getFirst().ask(accessControl, enforcement.query("alice"), quoted),
                "no policy lets alice change lake.shop.\"it's\"; SELECT * FROM TABLE(policy.session.explain('lake.shop.\"it''s\"')) tells why");
    }

    @ParameterizedTest
    @EnumSource(UngovernedTables.class)
    void testUngovernedTables(UngovernedTables ungoverned) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(ungoverned));
        SystemSecurityContext context = configured.query("alice", "owners");
        assertAll(configured, READS, context, UNGOVERNED, ungoverned != UngovernedTables.DENY);
        assertAll(configured, WRITES, context, UNGOVERNED, ungoverned == UngovernedTables.ALLOW);
        assertAll(configured, CHANGES, context, UNGOVERNED, ungoverned == UngovernedTables.ALLOW);
        assertAll(configured, List.of(PolicyAccessControl::checkCanShowCreateTable), context, UNGOVERNED,
                ungoverned != UngovernedTables.DENY);
        // a registered table is governed however little else is
        assertAll(configured, READS, configured.query("alice"), ALONE, false);
        if (ungoverned != UngovernedTables.ALLOW) {
            assertDenied(() -> CHANGES.getFirst().ask(configured.accessControl, context, UNGOVERNED),
                    "hive.raw.other is not registered, and policy.ungoverned-tables is " + ungoverned.name().toLowerCase(ENGLISH));
        }
    }

    @Test
    void testMaterializedViewsOnlyInGovernedSchemas() {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        for (String user : List.of("alice", "etl")) {
            SystemSecurityContext context = configured.query(user);
            for (Check check : CHANGES_OF_MATERIALIZED_VIEWS.subList(0, 2)) {
                assertDenied(() -> check.ask(configured.accessControl, context, UNGOVERNED),
                        "a materialized view keeps a copy, so it is only allowed in a governed schema");
            }
        }
    }

    @Test
    void testSchemas() {
        SystemSecurityContext owner = enforcement.query("alice", "owners");
        List<ThrowingCallable> allowed = List.of(() -> accessControl.checkCanCreateSchema(owner, SCHEMA, Map.of()),
                () -> accessControl.checkCanDropSchema(owner, SCHEMA), () -> accessControl.checkCanRenameSchema(owner, SCHEMA, "shop2"),
                () -> accessControl.checkCanShowCreateSchema(owner, SCHEMA));
        allowed.forEach(check -> assertThatCode(check).doesNotThrowAnyException());
        SystemSecurityContext writer = enforcement.query("alice", "writers");
        List<ThrowingCallable> denied = List.of(() -> accessControl.checkCanCreateSchema(writer, SCHEMA, Map.of()),
                () -> accessControl.checkCanDropSchema(writer, SCHEMA), () -> accessControl.checkCanRenameSchema(writer, SCHEMA, "shop2"),
                () -> accessControl.checkCanShowCreateSchema(writer, SCHEMA));
        denied.forEach(check -> assertDenied(check, "no policy lets alice change lake.shop"));
    }

    @Test
    void testSchemaWithTableThatTheUserDoesNotOwnStays() {
        CatalogSchemaName raw = new CatalogSchemaName("hive", "raw");
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        assertDenied(() -> configured.accessControl.checkCanDropSchema(configured.query("alice"), raw),
                "no policy lets alice change hive.raw.alone");
        assertThatCode(() -> configured.accessControl.checkCanDropSchema(configured.query("alice", "owners"), raw))
                .doesNotThrowAnyException();

        TestingEnforcement guarded = new TestingEnforcement(
                STORE.with(registered(name(TABLE)), guardrail("g", "false", tables(name(TABLE)))));
        assertDenied(() -> guarded.accessControl.checkCanDropSchema(guarded.query("alice", "owners"), SCHEMA),
                "no policy lets alice change lake.shop.customer");
        assertDenied(() -> guarded.accessControl.checkCanRenameSchema(guarded.query("alice", "owners"), SCHEMA, "shop2"),
                "no policy lets alice change lake.shop.customer");
    }

    /// Not even exempt users may take a table out of the reach of its policies.
    @ParameterizedTest
    @ValueSource(strings = {"alice", "etl"})
    void testRenameStaysInGovernedScope(String user) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        PolicyAccessControl access = configured.accessControl;
        SystemSecurityContext context = configured.query(user, "owners");
        assertDenied(() -> access.checkCanRenameTable(context, TABLE, UNGOVERNED),
                "lake.shop.customer is governed and hive.raw.other would not be; register its schema first");
        assertDenied(() -> access.checkCanRenameTable(context, ALONE, UNGOVERNED),
                "hive.raw.alone is governed and hive.raw.other would not be");
        assertDenied(() -> access.checkCanRenameView(context, ALONE, UNGOVERNED), "would not be");
        assertDenied(() -> access.checkCanRenameMaterializedView(context, ALONE, UNGOVERNED), "would not be");
        // the schema is not registered, but a table in it is
        assertDenied(() -> access.checkCanRenameSchema(context, new CatalogSchemaName("hive", "raw"), "raw2"),
                "hive.raw is governed and hive.raw2 would not be; register its schema first");
        assertThatCode(() -> access.checkCanRenameTable(context, UNGOVERNED, TABLE)).doesNotThrowAnyException();
        assertThatCode(() -> access.checkCanRenameTable(context, UNGOVERNED, beside(UNGOVERNED))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"location", "external_location", "data_location", "storage_schema"})
    void testPropertiesThatReachOtherDataAreRefused(String property) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        PolicyAccessControl access = configured.accessControl;
        String reason = "property '%s' could reach data that no policy of this object guards".formatted(property);
        for (CatalogSchemaTableName table : List.of(TABLE, UNGOVERNED)) {
            SystemSecurityContext context = configured.query("alice", "owners");
            assertDenied(() -> access.checkCanCreateTable(context, table, Map.of(property, "x")), reason);
            assertDenied(() -> access.checkCanSetTableProperties(context, table, Map.of(property, Optional.of("x"))), reason);
            assertDenied(() -> access.checkCanCreateSchema(context, new CatalogSchemaName("hive", "raw"), Map.of(property, "x")), reason);
        }
        SystemSecurityContext owner = configured.query("alice", "owners");
        assertDenied(() -> access.checkCanCreateMaterializedView(owner, TABLE, Map.of(property, "x")), reason);
        assertDenied(() -> access.checkCanSetMaterializedViewProperties(owner, TABLE, Map.of(property, Optional.empty())), reason);
        assertThatCode(() -> access.checkCanCreateTable(owner, TABLE, Map.of("format", "PARQUET"))).doesNotThrowAnyException();
        assertThatCode(() -> access.checkCanCreateTable(configured.query("etl"), TABLE, Map.of(property, "x"))).doesNotThrowAnyException();
    }

    /// Also of a table that is registered while its schema is not.
    @ParameterizedTest
    @ValueSource(strings = {"files", "partitions", "history", "snapshots", "manifests", "data", "changes", "properties"})
    void testMetadataTablesOfGovernedTablesAreClosed(String kind) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        for (CatalogSchemaTableName table : List.of(TABLE, ALONE)) {
            CatalogSchemaTableName metadata = named(table, table.getSchemaTableName().getTableName() + "$" + kind);
            SystemSecurityContext context = configured.query("alice", "owners");
            for (Check check : READS.subList(0, 5)) {
                assertDenied(() -> check.ask(configured.accessControl, context, metadata),
                        "metadata tables show values and rows that policies hide");
            }
            assertAll(configured, WRITES, context, metadata, false);
            assertAll(configured, CHANGES, context, metadata, false);
            assertAll(configured, READS, configured.query("etl"), metadata, true);
        }
        assertAll(configured, READS, configured.query("alice"), named(UNGOVERNED, "other$" + kind), true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$path", "$file_modified_time", "$partition", "$row_id", "_change_type", "_change_version_id"})
    void testMetadataColumnsOfGovernedTablesAreClosed(String column) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.READ));
        PolicyAccessControl access = configured.accessControl;
        assertDenied(
                () -> access.checkCanSelectFromColumns(configured.query("alice", "owners"), TABLE, Optional.empty(), Set.of("c", column)),
                "metadata columns show values that policies hide");
        assertThatCode(() -> access.checkCanSelectFromColumns(configured.query("alice"), UNGOVERNED, Optional.empty(), Set.of(column)))
                .doesNotThrowAnyException();
        assertThatCode(() -> access.checkCanSelectFromColumns(configured.query("etl"), TABLE, Optional.empty(), Set.of(column)))
                .doesNotThrowAnyException();
    }

    @Test
    void testOnlyWhatMayBeReadIsShown() {
        TestingStore store = TestingStore.of(registered(name(TABLE)), registered("lake.shop.secret"), registered(name(ALONE)),
                grant("g", Level.READ, "in_any_group('readers')", tables(name(TABLE))));
        TestingEnforcement configured = new TestingEnforcement(store);
        PolicyAccessControl access = configured.accessControl;
        SystemSecurityContext reader = configured.query("alice", "readers");
        SystemSecurityContext other = configured.query("bob");

        assertThat(access.filterCatalogs(reader, Set.of("lake", "hive", "system", "policy"))).containsExactlyInAnyOrder("lake", "system",
                "policy");
        assertThat(access.filterCatalogs(other, Set.of("lake", "hive", "system"))).containsExactly("system");
        assertThat(access.canAccessCatalog(reader, "lake")).isTrue();
        assertThat(access.canAccessCatalog(other, "lake")).isFalse();
        assertThat(access.filterSchemas(reader, "lake", Set.of("shop", "other", "information_schema")))
                .containsExactlyInAnyOrder("shop", "information_schema");
        Set<SchemaTableName> names = Set.of(TABLE.getSchemaTableName(), new SchemaTableName("shop", "secret"),
                new SchemaTableName("shop", "new"),
                new SchemaTableName("shop", "customer$files"));
        assertThat(access.filterTables(reader, "lake", names)).containsExactly(TABLE.getSchemaTableName());
        assertThat(access.filterTables(other, "lake", names)).isEmpty();
        assertThat(access.filterColumns(reader, TABLE, Set.of("a", "b"))).containsExactlyInAnyOrder("a", "b");
        assertThat(access.filterColumns(other, TABLE, Set.of("a", "b"))).isEmpty();
        assertThat(access.filterColumns(reader, "lake", ImmutableMap.of(TABLE.getSchemaTableName(), ImmutableSet.of("a"),
                new SchemaTableName("shop", "secret"), ImmutableSet.of("b")))).isEqualTo(ImmutableMap.of(TABLE.getSchemaTableName(),
                        ImmutableSet.of("a")));
        assertThatCode(() -> access.checkCanShowSchemas(reader, "lake")).doesNotThrowAnyException();
        assertThatCode(() -> access.checkCanShowTables(reader, SCHEMA)).doesNotThrowAnyException();
        assertDenied(() -> access.checkCanShowSchemas(other, "lake"), "Cannot show schemas");
        assertDenied(() -> access.checkCanShowTables(other, SCHEMA), "Cannot show tables of schema lake.shop");
        assertDenied(() -> access.checkCanShowColumns(other, TABLE), "Cannot show columns of table lake.shop.customer");
        assertDenied(() -> access.checkCanShowFunctions(other, SCHEMA), "Cannot show functions of schema lake.shop");
    }

    @Test
    void testOwnersOfTheDocumentFindTheirSchema() {
        TestingEnforcement configured = new TestingEnforcement(TestingStore.of(TestingStore.dataSource(name(TABLE),
                new Principals(Set.of("dana"), Set.of("stewards")), Set.of(), Optional.empty(), Map.of())));
        assertThat(configured.accessControl.canAccessCatalog(configured.query("dana"), "lake")).isTrue();
        assertThat(configured.accessControl.canAccessCatalog(configured.query("x", "stewards"), "lake")).isTrue();
        assertThat(configured.accessControl.canAccessCatalog(configured.query("alice"), "lake")).isFalse();
        // stewardship gives no data
        assertDenied(() -> READS.getFirst().ask(configured.accessControl, configured.query("dana"), TABLE), "no policy lets dana read");
    }

    @Test
    void testReservedNameMayNotReadAsLogin() {
        SystemSecurityContext context = enforcement.query("etl");
        Identity forged = login(enforcement.enforcementUser.name());
        for (Identity identity : List.of(forged, login("policy-enforcer-x"), viewOwner("policy-enforcer-x"))) {
            READS.subList(0, 5).forEach(check -> assertDenied(() -> check.ask(accessControl, as(context, identity), TABLE),
                    "the user name is reserved"));
        }
        assertThatCode(() -> READS.getFirst().ask(accessControl, as(enforcement.query("alice"), enforcement.enforcer()), TABLE))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> WRITES.getFirst().ask(accessControl, as(enforcement.query("alice"), enforcement.enforcer()), TABLE))
                .isInstanceOf(AccessDeniedException.class);
    }

    /// Under a view, Trino asks in the name of the view's owner.
    @ParameterizedTest
    @EnumSource(DefinerViews.class)
    void testDefinerViews(DefinerViews mode) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setDefinerViews(mode));
        Check read = READS.getFirst();
        SystemSecurityContext entitled = as(configured.query("alice"), viewOwner("dana", "readers"));
        SystemSecurityContext exempt = as(configured.query("alice"), viewOwner("etl"));
        SystemSecurityContext unentitled = as(configured.query("alice", "readers"), viewOwner("dana"));
        SystemSecurityContext unentitledOfExempt = as(configured.query("etl"), viewOwner("dana"));
        assertThat(allows(configured, read, entitled)).isEqualTo(mode == DefinerViews.OWNER);
        assertThat(allows(configured, read, exempt)).isEqualTo(mode == DefinerViews.OWNER);
        assertThat(allows(configured, read, unentitled)).isEqualTo(mode == DefinerViews.INVOKER);
        assertThat(allows(configured, read, unentitledOfExempt)).isEqualTo(mode == DefinerViews.INVOKER);
    }

    private static boolean allows(TestingEnforcement enforcement, Check check, SystemSecurityContext context) {
        try {
            check.ask(enforcement.accessControl, context, TABLE);
            return true;
        }
        catch (AccessDeniedException e) {
            return false;
        }
    }

    private void assertAllowed(List<Check> checks, CatalogSchemaTableName table, String... groups) {
        for (String group : List.of("nobody", "readers", "writers", "owners")) {
            assertAll(enforcement, checks, enforcement.query("alice", group), table, List.of(groups).contains(group));
        }
    }

    private static void assertAll(TestingEnforcement enforcement, List<Check> checks, SystemSecurityContext context,
            CatalogSchemaTableName table, boolean allowed) {
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            ThrowingCallable asking = () -> check.ask(enforcement.accessControl, context, table);
            if (allowed) {
                assertThatCode(asking).as("check %s", i).doesNotThrowAnyException();
            }
            else {
                assertThatThrownBy(asking).as("check %s", i).isInstanceOf(AccessDeniedException.class);
            }
        }
    }

    private static void assertDenied(ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(AccessDeniedException.class).hasMessageContaining(reason);
    }

    private static CatalogSchemaTableName beside(CatalogSchemaTableName table) {
        return named(table, "beside");
    }

    private static CatalogSchemaTableName named(CatalogSchemaTableName table, String name) {
        return new CatalogSchemaTableName(table.getCatalogName(), table.getSchemaTableName().getSchemaName(), name);
    }

    private static String name(CatalogSchemaTableName table) {
        return table.toString();
    }
}
