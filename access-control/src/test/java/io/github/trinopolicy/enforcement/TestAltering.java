package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whoever owns a table and is masked in it must not rename a field of a row, or change a type, and see it raw.
final class TestAltering {
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            table(TABLE.toString(), ImmutableMap.of("email", ImmutableSet.of("PII.Email"))),
            grant("own", Level.OWN, "true", everywhere()))
            .withApproved(TABLE.toString(), ImmutableMap.of("id", BIGINT, "email", VARCHAR));

    @Test
    @DisplayName("Invariant 6: nobody alters a column out of the reach of a mask")
    void testRefused() {
        for (Policy policy : List.of(mask("m", HASH, columns(TABLE + ".address.city")), mask("m", HASH, columns(TABLE + ".phones[*]")),
                conditional(mask("m", HASH, columns(TABLE + ".address.city")), "id = 7"),
                exempt(mask("m", HASH, columns(TABLE + ".address.city")), "in_any_group('etl')"),
                mask("m", HASH, narrowed(columnsIn("lake"), ImmutableSet.of("varchar"), Optional.empty())),
                mask("m", HASH, narrowed(columnsTagged("PII"), ImmutableSet.of(),
                        Optional.of(narrowed(columnsIn("lake"), ImmutableSet.of("bigint"), Optional.empty())))))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            assertThatThrownBy(() -> enforcement.accessControl.checkCanAlterColumn(enforcement.query("olga"), TABLE)).as(policy.toString())
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("masks that hide columns of lake.shop.customer from olga would not know them when altered");
            assertThatCode(() -> enforcement.accessControl.checkCanAlterColumn(enforcement.query("etl"), TABLE)).doesNotThrowAnyException();
        }
    }

    @Test
    void testAllowedWhereMasksStay() {
        for (Policy policy : List.of(mask("m", HASH, columns(TABLE + ".email")), mask("m", HASH, columnsTagged("PII")),
                mask("m", HASH, columns("lake.shop.orders.address.city")),
                exempt(mask("m", HASH, columns(TABLE + ".address.city")), "current_user = 'olga'"))) {
            TestingEnforcement enforcement = new TestingEnforcement(STORE.with(policy));
            assertThatCode(() -> enforcement.accessControl.checkCanAlterColumn(enforcement.query("olga"), TABLE)).as(policy.toString())
                    .doesNotThrowAnyException();
        }
    }
}
