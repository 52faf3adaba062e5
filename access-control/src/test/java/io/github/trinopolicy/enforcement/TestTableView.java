package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.as;
import static io.github.trinopolicy.enforcement.TestingEnforcement.config;
import static io.github.trinopolicy.enforcement.TestingEnforcement.viewOwner;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.ViewExpression;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TestTableView {
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final CatalogSchemaTableName UNGOVERNED = new CatalogSchemaTableName("hive", "raw", "copy");
    private static final ColumnSchema EMAIL = column("email", VARCHAR, false);
    private static final ColumnSchema REGION = column("region", VARCHAR, false);
    private static final ColumnSchema PATH = column("$path", VARCHAR, true);
    private static final List<ColumnSchema> COLUMNS = ImmutableList.of(EMAIL, REGION, PATH);
    private static final String CARRIES_OUT = "the query reads a governed table under an exception, so it may only fill governed tables";
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            grant("g", Level.OWN, "in_any_group('owners')", everywhere()),
            exempt(where("filter", "region = 'EU'", everywhere()), "in_any_group('trusted')"),
            exempt(mask("mask", constant("x"), columnsLike("email")), "in_any_group('privacy')"))
            .withApproved(TABLE.toString(), ImmutableMap.of("email", VARCHAR, "region", VARCHAR));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
    private final PolicyAccessControl accessControl = enforcement.accessControl;

    @Test
    void testMasksAndFilters() {
        SystemSecurityContext context = enforcement.query("alice");
        assertThat(expressions(accessControl.getColumnMasks(context, TABLE, COLUMNS)))
                .isEqualTo(ImmutableMap.of(EMAIL, "CAST('x' AS varchar)"));
        assertThat(accessControl.getRowFilters(context, TABLE)).extracting(ViewExpression::getExpression)
                .containsExactly("(\"region\" = 'EU')");
    }

    @Test
    void testExpressionsRunAsTheEnforcementUser() {
        SystemSecurityContext context = enforcement.query("alice");
        ViewExpression mask = accessControl.getColumnMasks(context, TABLE, COLUMNS).values().iterator().next();
        ViewExpression filter = accessControl.getRowFilters(context, TABLE).getFirst();
        for (ViewExpression expression : List.of(mask, filter)) {
            assertThat(expression.getSecurityIdentity()).contains(enforcement.enforcementUser.name());
            assertThat(expression.getCatalog()).isEmpty();
            assertThat(expression.getSchema()).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("deprecation") // Trino may still ask for one column
    void testMaskOfOneColumnIsTheSame() {
        SystemSecurityContext context = enforcement.query("alice");
        assertThat(accessControl.getColumnMask(context, TABLE, "EMAIL", VARCHAR).map(ViewExpression::getExpression))
                .contains("CAST('x' AS varchar)");
        assertThat(accessControl.getColumnMask(context, TABLE, "region", VARCHAR)).isEmpty();
        assertThat(accessControl.getColumnMask(context, TABLE, "region", BIGINT).map(ViewExpression::getExpression)).contains("null");
        assertThat(accessControl.getColumnMask(context, TABLE, "added", VARCHAR).map(ViewExpression::getExpression)).contains("null");
    }

    /// Columns whose names begin with `$` are refused when they are read; masking them would block writers.
    @Test
    void testHiddenColumnsOfUsersAreMaskedLikeOthers() {
        ColumnSchema hidden = column("secret", VARCHAR, true);
        SystemSecurityContext context = enforcement.query("alice");
        assertThat(accessControl.getColumnMasks(context, TABLE, ImmutableList.of(hidden, PATH))).containsOnlyKeys(hidden);
    }

    /// Before the columns are known, the answer only tells that there is a filter, and lets no row pass.
    @Test
    void testFiltersWithoutColumnsLetNoRowPass() {
        assertThat(accessControl.getRowFilters(enforcement.query("alice"), TABLE)).extracting(ViewExpression::getExpression)
                .containsExactly("false");
        assertThat(accessControl.getRowFilters(enforcement.query("alice", "trusted"), TABLE)).isEmpty();
    }

    @Test
    void testExceptions() {
        SystemSecurityContext privacy = enforcement.query("alice", "privacy", "trusted");
        assertThat(accessControl.getColumnMasks(privacy, TABLE, COLUMNS)).isEmpty();
        assertThat(accessControl.getRowFilters(privacy, TABLE)).isEmpty();
    }

    @Test
    void testNothingIsFilteredForExemptUsersAndUngovernedTables() {
        for (SystemSecurityContext context : List.of(enforcement.query("etl"), enforcement.query("x", "pipelines"))) {
            assertThat(accessControl.getColumnMasks(context, TABLE, COLUMNS)).isEmpty();
            assertThat(accessControl.getRowFilters(context, TABLE)).isEmpty();
        }
        assertThat(accessControl.getColumnMasks(enforcement.query("alice"), UNGOVERNED, COLUMNS)).isEmpty();
        assertThat(accessControl.getRowFilters(enforcement.query("alice"), UNGOVERNED)).isEmpty();
        SystemSecurityContext enforcer = as(enforcement.query("alice"), enforcement.enforcer());
        assertThat(accessControl.getColumnMasks(enforcer, TABLE, COLUMNS)).isEmpty();
        assertThat(accessControl.getRowFilters(enforcer, TABLE)).isEmpty();
    }

    @Test
    void testLoginOfTheEnforcementUserIsFiltered() {
        Identity forged = TestingEnforcement.login(enforcement.enforcementUser.name());
        assertThat(accessControl.getColumnMasks(as(enforcement.query("alice"), forged), TABLE, COLUMNS)).containsOnlyKeys(EMAIL);
    }

    /// Under a view, Trino asks in the name of the view's owner.
    @ParameterizedTest
    @EnumSource(DefinerViews.class)
    void testDefinerViews(DefinerViews mode) {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setDefinerViews(mode));
        boolean owner = mode == DefinerViews.OWNER;
        assertThat(isMasked(configured, as(configured.query("alice"), viewOwner("dana", "privacy")))).isEqualTo(!owner);
        assertThat(isMasked(configured, as(configured.query("alice"), viewOwner("etl")))).isEqualTo(!owner);
        assertThat(isMasked(configured, as(configured.query("alice", "privacy"), viewOwner("dana")))).isEqualTo(owner);
        assertThat(isMasked(configured, as(configured.query("etl"), viewOwner("dana")))).isEqualTo(owner);
    }

    @Test
    void testUngovernedTableIsNotFilledUnderAnExceptionWhenReadFirst() {
        for (Filling filling : FILLINGS) {
            SystemSecurityContext context = enforcement.query("alice", "privacy");
            accessControl.getColumnMasks(context, TABLE, COLUMNS);
            assertDenied(() -> filling.fill(accessControl, context, UNGOVERNED), CARRIES_OUT);
        }
    }

    @Test
    void testUngovernedTableIsNotFilledUnderAnExceptionWhenFilledFirst() {
        for (Filling filling : FILLINGS) {
            SystemSecurityContext context = enforcement.query("alice", "privacy");
            filling.fill(accessControl, context, UNGOVERNED);
            assertDenied(() -> accessControl.getColumnMasks(context, TABLE, COLUMNS), CARRIES_OUT);
        }
        SystemSecurityContext context = enforcement.query("alice", "trusted");
        accessControl.checkCanInsertIntoTable(context, UNGOVERNED);
        assertDenied(() -> accessControl.getRowFilters(context, TABLE), CARRIES_OUT);
    }

    @Test
    void testWhatCarriesNothingOutIsAllowed() {
        // without an exception
        SystemSecurityContext masked = enforcement.query("alice");
        accessControl.getColumnMasks(masked, TABLE, COLUMNS);
        accessControl.getRowFilters(masked, TABLE);
        assertThatCode(() -> accessControl.checkCanInsertIntoTable(masked, UNGOVERNED)).doesNotThrowAnyException();
        // into a governed table
        SystemSecurityContext governed = enforcement.query("alice", "privacy", "owners");
        accessControl.getColumnMasks(governed, TABLE, COLUMNS);
        assertThatCode(() -> accessControl.checkCanInsertIntoTable(governed, TABLE)).doesNotThrowAnyException();
        // by a pipeline, and in another query
        SystemSecurityContext pipeline = enforcement.query("etl");
        accessControl.getColumnMasks(pipeline, TABLE, COLUMNS);
        assertThatCode(() -> accessControl.checkCanInsertIntoTable(pipeline, UNGOVERNED)).doesNotThrowAnyException();
        assertThatCode(() -> accessControl.checkCanInsertIntoTable(enforcement.query("alice", "privacy"), UNGOVERNED))
                .doesNotThrowAnyException();
    }

    @Test
    void testEqualFiltersAreAskedOnce() {
        TestingEnforcement configured = new TestingEnforcement(STORE.with(where("again", "region = 'EU'", everywhere()),
                mask("all", NULL, columnsIn("lake"))));
        SystemSecurityContext context = configured.query("alice");
        configured.accessControl.getColumnMasks(context, TABLE, COLUMNS);
        assertThat(configured.accessControl.getRowFilters(context, TABLE)).hasSize(1);
    }

    /// A way to put rows into a table.
    private interface Filling {
        void fill(PolicyAccessControl accessControl, SystemSecurityContext context, CatalogSchemaTableName table);
    }

    private static final List<Filling> FILLINGS = ImmutableList.of(
            (access, context, table) -> access.checkCanCreateTable(context, table, ImmutableMap.of()),
            PolicyAccessControl::checkCanInsertIntoTable,
            (access, context, table) -> access.checkCanInsertIntoTable(context, table, Optional.of("b")),
            (access, context, table) -> access.checkCanUpdateTableColumns(context, table, ImmutableSet.of("c")));

    private static boolean isMasked(TestingEnforcement enforcement, SystemSecurityContext context) {
        return !enforcement.accessControl.getColumnMasks(context, TABLE, COLUMNS).isEmpty();
    }

    private static ImmutableMap<ColumnSchema, String> expressions(Map<ColumnSchema, ViewExpression> masks) {
        return masks.entrySet().stream().collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, mask -> mask.getValue().getExpression()));
    }

    private static ColumnSchema column(String name, Type type, boolean hidden) {
        return ColumnSchema.builder().setName(name).setType(type).setHidden(hidden).build();
    }

    private static void assertDenied(ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(AccessDeniedException.class).hasMessageContaining(reason);
    }
}
