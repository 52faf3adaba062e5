package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.guardrail;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.reveal;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.tagged;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.SystemSecurityContext;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever owns a table and is masked in it must not see it raw under another name.
final class TestRenaming {
    private static final CatalogSchemaName SCHEMA = new CatalogSchemaName("lake", "shop");
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final CatalogSchemaTableName RENAMED = new CatalogSchemaTableName("lake", "shop", "customer2");
    private static final String RENAME_COLUMN = "ALTER TABLE customer RENAME COLUMN Email TO Mail";
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            table(TABLE.toString(), ImmutableMap.of("email", ImmutableSet.of("PII.Email")), "Own"),
            grant("own", Level.OWN, "true", everywhere()))
            .withApproved(TABLE.toString(), ImmutableMap.of("id", BIGINT, "email", VARCHAR));

    static List<Policy> hiding() {
        return ImmutableList.of(mask("m", HASH, columns(TABLE + ".email")), mask("m", HASH, columns(TABLE + ".unapproved")),
                mask("m", HASH, columnsLike("e.*")), mask("m", HASH, columnsTagged("PII")),
                mask("m", HASH, narrowed(columnsTagged("PII"), ImmutableSet.of("bigint"), Optional.empty())),
                mask("m", HASH, narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columnsLike("id.*")))),
                conditional(mask("m", HASH, columnsTagged("PII")), "id = 7"),
                exempt(mask("m", HASH, columnsTagged("PII")), "in_any_group('etl')"));
    }

    @ParameterizedTest
    @MethodSource("hiding")
    @DisplayName("Invariant 6: nobody renames what policies hide from him")
    void testRefused(Policy policy) {
        // not even to whom the masks are lifted: any doubt denies
        TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy, reveal("r", columnsTagged("PII"), "true")));
        SystemSecurityContext context = enforcement.statement("olga", RENAME_COLUMN);
        PolicyAccessControl control = enforcement.accessControl;
        for (ThrowingCallable rename : List.<ThrowingCallable>of(() -> control.checkCanRenameTable(context, TABLE, RENAMED),
                () -> control.checkCanRenameColumn(context, TABLE), () -> control.checkCanRenameView(context, TABLE, RENAMED),
                () -> control.checkCanRenameMaterializedView(context, TABLE, RENAMED),
                () -> control.checkCanRenameSchema(context, SCHEMA, "shop2"))) {
            assertThatThrownBy(rename).isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("policies that hide rows or columns of lake.shop.customer from olga would not know them");
        }
    }

    static List<Policy> following() {
        return ImmutableList.of(mask("m", HASH, columnsTagged("PII")), where("w", "id = 7", tagged("Own")),
                guardrail("g", "true", tagged("Own")),
                mask("m", HASH, narrowed(columnsTagged("PII"), ImmutableSet.of("bigint"), Optional.empty())),
                mask("m", HASH, narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columnsLike("id.*")))),
                conditional(mask("m", HASH, columnsTagged("PII")), "id = 7"));
    }

    @ParameterizedTest
    @MethodSource("following")
    @DisplayName("Tags follow, so whoever is not hidden anything may rename what policies know by tags")
    void testTagsFollow(Policy policy) {
        TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
        assertAllowed(enforcement, enforcement.statement("etl", RENAME_COLUMN));
    }

    @Test
    @DisplayName("Invariant 6: not even an exempt user leaves policies behind that know a column by its name")
    void testNamesDoNotFollow() {
        for (Policy policy : List.of(mask("m", HASH, columns(TABLE + ".email")), mask("m", HASH, columnsLike("e.*")),
                mask("m", HASH, narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columnsLike("mail")))))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.statement("etl", RENAME_COLUMN);
            assertThatThrownBy(() -> enforcement.accessControl.checkCanRenameColumn(context, TABLE))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("policies know column 'email' of lake.shop.customer by its name and would not hold");
            SystemSecurityContext other = enforcement.statement("etl", "ALTER TABLE customer RENAME COLUMN id TO number");
            assertThatCode(() -> enforcement.accessControl.checkCanRenameColumn(other, TABLE)).doesNotThrowAnyException();
        }
        for (Policy policy : List.of(mask("m", HASH, columns(TABLE + ".unapproved")), mask("m", HASH, columnsIn(TABLE.toString())),
                where("w", "id = 7", tables(TABLE.toString())), guardrail("g", "true", tables(TABLE.toString())))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.query("etl");
            PolicyAccessControl control = enforcement.accessControl;
            for (ThrowingCallable rename : List.<ThrowingCallable>of(() -> control.checkCanRenameTable(context, TABLE, RENAMED),
                    () -> control.checkCanRenameView(context, TABLE, RENAMED),
                    () -> control.checkCanRenameMaterializedView(context, TABLE, RENAMED),
                    () -> control.checkCanRenameSchema(context, SCHEMA, "shop2"))) {
                assertThatThrownBy(rename).as(policy.toString()).isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining("policies know lake.shop.customer by its name, or by what holds it, and would not hold");
            }
        }
    }

    @Test
    @DisplayName("Invariant 10: a weaker mask of the new place does not come before the mask of the column")
    void testMasksOfTheNewPlace() {
        CatalogSchemaTableName elsewhere = new CatalogSchemaTableName("lake", "other", "customer");
        TestingStore store = STORE.with(mask("strong", NULL, columnsIn("lake")), mask("weak", HASH, columnsIn("lake.other")));
        TestingEnforcement enforcement = new TestingEnforcement(store);
        SystemSecurityContext context = enforcement.query("etl");
        assertThatThrownBy(() -> enforcement.accessControl.checkCanRenameTable(context, TABLE, elsewhere))
                .hasMessageContaining("or others would come before them");
        assertThatCode(() -> enforcement.accessControl.checkCanRenameTable(context, TABLE, RENAMED)).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("Time travel brings back the old names of columns, so no other column takes one")
    void testNameOfAnotherColumn() {
        TestingEnforcement enforcement = new TestingEnforcement(STORE);
        SystemSecurityContext context = enforcement.statement("etl", "ALTER TABLE customer RENAME COLUMN email TO ID");
        assertThatThrownBy(() -> enforcement.accessControl.checkCanRenameColumn(context, TABLE)).hasMessageContaining(
                "lake.shop.customer had another column 'id', and time travel brings it back");
    }

    @Test
    void testUnknownStatement() {
        TestingEnforcement enforcement = new TestingEnforcement(STORE);
        for (SystemSecurityContext context : List.of(enforcement.statement("etl", "SELECT 1"),
                enforcement.statement("etl", "ALTER TABLE customer RENAME COLUMN"))) {
            assertThatThrownBy(() -> enforcement.accessControl.checkCanRenameColumn(context, TABLE))
                    .hasMessageContaining("Trino has not told the statement");
        }
    }

    @Test
    @DisplayName("Invariant 4: what is being renamed is closed until what is known of it has followed")
    void testClosedUntilSettled() {
        TestingEnforcement enforcement = new TestingEnforcement(STORE);
        PolicyAccessControl control = enforcement.accessControl;
        SystemSecurityContext older = enforcement.query("alice");
        SystemSecurityContext other = enforcement.query("olga");
        SystemSecurityContext renaming = enforcement.query("etl");
        control.checkCanRenameTable(renaming, TABLE, RENAMED);
        for (CatalogSchemaTableName table : List.of(TABLE, RENAMED)) {
            for (SystemSecurityContext asking : List.of(older, other)) {
                assertThatThrownBy(() -> control.checkCanSelectFromColumns(asking, table, Optional.empty(), ImmutableSet.of("id")))
                        .hasMessageContaining("is being renamed; try again in a moment");
            }
        }
        // a query that does not see the version in which everything has followed does not see the table
        enforcement.queries.moving().settle(renaming.getQueryId(), Long.MAX_VALUE);
        assertThatThrownBy(() -> control.checkCanSelectFromColumns(older, RENAMED, Optional.empty(), ImmutableSet.of("id")))
                .hasMessageContaining("is being renamed; try again in a moment");
        CatalogSchemaTableName orders = new CatalogSchemaTableName("lake", "shop", "orders");
        SystemSecurityContext failing = enforcement.query("etl");
        control.checkCanRenameTable(failing, orders, new CatalogSchemaTableName("lake", "shop", "orders2"));
        enforcement.queries.moving().abandon(failing.getQueryId());
        assertThatCode(() -> control.checkCanSelectFromColumns(older, orders, Optional.empty(), ImmutableSet.of("id")))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("Invariant 6: nobody takes a table out of the reach of policies that know it by name")
    void testPoliciesOfOneTable() {
        for (Policy policy : List.of(mask("m", HASH, columnsIn(TABLE.toString())), where("w", "id = 7", tables(TABLE.toString())),
                where("w", "id = 7", tagged("Own")),
                matches("w", Optional.of("region"), new ColumnReference.ByName("email"), tables(TABLE.toString())))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.statement("olga", RENAME_COLUMN);
            PolicyAccessControl control = enforcement.accessControl;
            for (ThrowingCallable rename : List.<ThrowingCallable>of(() -> control.checkCanRenameTable(context, TABLE, RENAMED),
                    () -> control.checkCanRenameSchema(context, SCHEMA, "shop2"))) {
                assertThatThrownBy(rename).as(policy.toString()).isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining("would not know them");
            }
            // they stay on its columns
            assertThatCode(() -> control.checkCanRenameColumn(context, TABLE)).doesNotThrowAnyException();
        }
    }

    @Test
    @DisplayName("Policies of the schema stay on its tables, and leave it with none")
    void testPoliciesOfTheSchema() {
        for (Policy policy : List.of(mask("m", HASH, columnsIn("lake.shop")), where("w", "id = 7", tables("lake.shop")))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.statement("olga", RENAME_COLUMN);
            PolicyAccessControl control = enforcement.accessControl;
            assertThatCode(() -> control.checkCanRenameTable(context, TABLE, RENAMED)).doesNotThrowAnyException();
            assertThatCode(() -> control.checkCanRenameColumn(context, TABLE)).doesNotThrowAnyException();
            assertThatThrownBy(() -> control.checkCanRenameSchema(context, SCHEMA, "shop2")).hasMessageContaining("would not know them");
            assertThatThrownBy(() -> control.checkCanRenameTable(context, TABLE, new CatalogSchemaTableName("lake", "other", "customer")))
                    .hasMessageContaining("would not know them");
        }
    }

    @Test
    void testAllowedToThoseWhoSeeTheTableWhole() {
        for (Policy policy : List.of(exempt(mask("m", HASH, columnsTagged("PII")), "current_user = 'olga'"),
                exempt(where("w", "id = 7", everywhere()), "current_user = 'olga'"), where("w", "id = 7", everywhere()),
                mask("m", HASH, columnsIn("lake")),
                mask("m", HASH, columns("lake.shop.orders.email")), mask("m", HASH, columnsLike("phone")),
                mask("m", HASH, columnsTagged("Secret")))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            assertAllowed(enforcement, enforcement.statement("olga", RENAME_COLUMN));
        }
    }

    private static void assertAllowed(TestingEnforcement enforcement, SystemSecurityContext context) {
        assertThatCode(() -> enforcement.accessControl.checkCanRenameTable(context, TABLE, RENAMED)).doesNotThrowAnyException();
        assertThatCode(() -> enforcement.accessControl.checkCanRenameColumn(context, TABLE)).doesNotThrowAnyException();
        assertThatCode(() -> enforcement.accessControl.checkCanRenameSchema(context, SCHEMA, "shop2")).doesNotThrowAnyException();
    }
}
