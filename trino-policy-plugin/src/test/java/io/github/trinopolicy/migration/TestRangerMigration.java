package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.Resources;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Tag;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.ViewExpression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestRangerMigration {
    private static final CatalogSchemaTableName ORDERS = new CatalogSchemaTableName("lake", "shop", "orders");
    private static final List<String> COLUMNS = List.of("id", "email", "region");

    private final Migrated migrated = Migration.of(Format.RANGER).migrate(export());
    private final TestingMigratedControl control = new TestingMigratedControl(migrated.documents(), COLUMNS);

    @Test
    void testBundleIsRead() {
        assertThat(new BundleReader().read(migrated.bundle())).extracting(document -> document.object())
                .containsExactlyElementsOf(migrated.documents());
        assertThat(migrated.documents()).contains(new Tag("PII", Optional.empty()), Declarable.group("analysts"));
    }

    @Test
    void testAllowItemsAndTheirExceptions() {
        assertThat(reads("zoe", "analysts")).isTrue();
        assertThat(reads("o'hara")).isTrue();
        assertThat(reads("zoe", "analysts", "interns")).isFalse();
        assertThat(reads("zoe")).isFalse();
    }

    @Test
    void testDenyItemsAndTheirExceptions() {
        assertThat(reads("zoe", "analysts", "contractors")).isFalse();
        assertThat(reads("dave", "analysts", "contractors")).isTrue();
        // also against a right that another policy gives
        assertThat(reads("zoe", "engineers", "contractors")).isFalse();
    }

    @Test
    void testLevels() {
        assertThat(writes("zoe", "engineers")).isTrue();
        assertThat(writes("zoe", "analysts")).isFalse();
    }

    @Test
    void testMaskItemsInOrder() {
        assertThat(maskOfEmail("zoe", "engineers")).isEmpty();
        assertThat(maskOfEmail("zoe", "engineers", "analysts")).isEmpty();
        assertThat(maskOfEmail("o'hara")).isPresent().get().asString().contains("substr").contains("***");
        assertThat(masks()).contains(new Mask.Hash(), new Mask.Null());
    }

    @Test
    void testRowFilterItemsInOrder() {
        assertThat(filters("zoe", "analysts")).containsExactly("(\"region\" = 'EU')");
        assertThat(filters("zoe", "engineers")).isEmpty();
    }

    @Test
    void testRolesWildcardsAndOthersAreListed() {
        assertThat(migrated.complete()).isFalse();
        assertThat(migrated.unmigrated()).extracting(Unmigrated::what).anySatisfy(what -> assertThat(what).contains("hr_role"))
                .anySatisfy(what -> assertThat(what).contains("validitySchedules"))
                .anySatisfy(what -> assertThat(what).contains("wildcards"))
                .anySatisfy(what -> assertThat(what).contains("delegateAdmin"))
                .anySatisfy(what -> assertThat(what).contains("'off'"))
                .anySatisfy(what -> assertThat(what).contains("'impersonation'"));
        assertThat(migrated.unmigrated()).allSatisfy(remark -> assertThat(remark.position().line()).isGreaterThan(2));
        assertThat(migrated.bundle()).startsWith("# Migrated from ranger");
    }

    @Test
    void testWildcardInADenialClosesWhatIsAround() {
        assertThat(policies(Policy.Access.class)).anySatisfy(policy -> {
            assertThat(policy.appliesTo().dataSources()).extracting(Object::toString).containsExactly("lake.raw");
            assertThat(policy.rule()).isEqualTo(new Policy.AccessRule.Guardrail("(NOT (CURRENT_USER = 'bob'))"));
        });
    }

    @Test
    void testWithoutUseOfTheCatalogNothingIsGranted() {
        Migrated closed = Migration.of(Format.RANGER).migrate(export().replace("\"type\": \"use\"", "\"type\": \"show\""));
        assertThat(closed.documents())
                .filteredOn(document -> document instanceof Policy policy && policy.body() instanceof Policy.Access access
                        && access.rule() instanceof Policy.AccessRule.Grant)
                .isEmpty();
        assertThat(closed.unmigrated()).extracting(Unmigrated::what).contains("rights of users who may not 'use' the catalog");
    }

    @Test
    void testTagPolicyMasksAndCloses() {
        assertThat(policies(Policy.Masking.class)).anySatisfy(masking -> {
            assertThat(masking.columns().tags()).containsExactly("PII");
            assertThat(masking.rules()).containsExactly(new Policy.MaskRule(Optional.of("in_any_group('contractors')"), new Mask.Null()));
        });
    }

    private List<Mask> masks() {
        return policies(Policy.Masking.class).stream().flatMap(masking -> masking.rules().stream()).map(Policy.MaskRule::mask).toList();
    }

    private <B extends Policy.Body> List<B> policies(Class<B> type) {
        return migrated.documents().stream().filter(Policy.class::isInstance).map(document -> ((Policy) document).body())
                .filter(type::isInstance).map(type::cast).toList();
    }

    private SystemSecurityContext query(String user, String... groups) {
        return control.query(Identity.forUser(user).withGroups(ImmutableSet.copyOf(groups)).build());
    }

    private boolean reads(String user, String... groups) {
        try {
            control.accessControl.checkCanSelectFromColumns(query(user, groups), ORDERS, Optional.empty(), ImmutableSet.of("id"));
            return true;
        }
        catch (AccessDeniedException _) {
            return false;
        }
    }

    private boolean writes(String user, String... groups) {
        try {
            control.accessControl.checkCanInsertIntoTable(query(user, groups), ORDERS, Optional.empty());
            return true;
        }
        catch (AccessDeniedException _) {
            return false;
        }
    }

    private Optional<String> maskOfEmail(String user, String... groups) {
        ColumnSchema email = ColumnSchema.builder().setName("email").setType(VARCHAR).build();
        Map<ColumnSchema, ViewExpression> masks = control.accessControl.getColumnMasks(query(user, groups), ORDERS, List.of(email));
        return Optional.ofNullable(ImmutableMap.copyOf(masks).get(email)).map(ViewExpression::getExpression);
    }

    private ImmutableSet<String> filters(String user, String... groups) {
        SystemSecurityContext query = query(user, groups);
        control.accessControl.getColumnMasks(query, ORDERS, COLUMNS.stream()
                .map(name -> ColumnSchema.builder().setName(name).setType(VARCHAR).build()).toList());
        return control.accessControl.getRowFilters(query, ORDERS).stream().map(ViewExpression::getExpression).collect(toImmutableSet());
    }

    private static String export() {
        try {
            return Resources.toString(Resources.getResource("migration/ranger.json"), StandardCharsets.UTF_8);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
