package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
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
        SystemSecurityContext context = enforcement.query("olga");
        PolicyAccessControl control = enforcement.accessControl;
        for (ThrowingCallable rename : List.<ThrowingCallable>of(() -> control.checkCanRenameTable(context, TABLE, RENAMED),
                () -> control.checkCanRenameColumn(context, TABLE), () -> control.checkCanRenameView(context, TABLE, RENAMED),
                () -> control.checkCanRenameMaterializedView(context, TABLE, RENAMED),
                () -> control.checkCanRenameSchema(context, SCHEMA, "shop2"))) {
            assertThatThrownBy(rename).isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("policies that hide rows or columns of lake.shop.customer from olga would not know them");
        }
        assertAllowed(enforcement, enforcement.query("etl"));
    }

    @Test
    @DisplayName("Invariant 6: nobody takes a table out of the reach of policies that know it by name")
    void testPoliciesOfOneTable() {
        for (Policy policy : List.of(mask("m", HASH, columnsIn(TABLE.toString())), where("w", "id = 7", tables(TABLE.toString())),
                where("w", "id = 7", tagged("Own")),
                matches("w", Optional.of("region"), new ColumnReference.ByName("email"), tables(TABLE.toString())))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.query("olga");
            PolicyAccessControl control = enforcement.accessControl;
            for (ThrowingCallable rename : List.<ThrowingCallable>of(() -> control.checkCanRenameTable(context, TABLE, RENAMED),
                    () -> control.checkCanRenameSchema(context, SCHEMA, "shop2"))) {
                assertThatThrownBy(rename).as(policy.toString()).isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining("would not know them");
            }
            // they stay on its columns
            assertThatCode(() -> control.checkCanRenameColumn(context, TABLE)).doesNotThrowAnyException();
            assertAllowed(enforcement, enforcement.query("etl"));
        }
    }

    @Test
    @DisplayName("Policies of the schema stay on its tables, and leave it with none")
    void testPoliciesOfTheSchema() {
        for (Policy policy : List.of(mask("m", HASH, columnsIn("lake.shop")), where("w", "id = 7", tables("lake.shop")))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            SystemSecurityContext context = enforcement.query("olga");
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
                mask("m", HASH, columnsIn("lake")), where("w", "true", tables(TABLE.toString())),
                mask("m", HASH, columns("lake.shop.orders.email")), mask("m", HASH, columnsLike("phone")),
                mask("m", HASH, columnsTagged("Secret")))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            assertAllowed(enforcement, enforcement.query("olga"));
        }
    }

    private static void assertAllowed(TestingEnforcement enforcement, SystemSecurityContext context) {
        assertThatCode(() -> enforcement.accessControl.checkCanRenameTable(context, TABLE, RENAMED)).doesNotThrowAnyException();
        assertThatCode(() -> enforcement.accessControl.checkCanRenameColumn(context, TABLE)).doesNotThrowAnyException();
        assertThatCode(() -> enforcement.accessControl.checkCanRenameSchema(context, SCHEMA, "shop2")).doesNotThrowAnyException();
    }
}
