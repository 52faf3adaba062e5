package io.github.trinopolicy.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.io.Resources;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.RowRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestImmutaMigration {
    private final Migrated migrated = Migration.of(Format.IMMUTA).migrate(policies());

    @Test
    void testBundleIsReadAndDeclaresWhatItUses() {
        assertThat(new BundleReader().read(migrated.bundle())).extracting(document -> document.object())
                .containsExactlyElementsOf(migrated.documents());
        assertThat(migrated.documents()).contains(Declarable.group("Privacy Office"), Declarable.purpose("Fraud.Cards"),
                Declarable.tag("PII.Email"), Declarable.attribute("region"), Declarable.attribute("clearance"));
    }

    @Test
    void testFirstInclusionCountsAndExceptionsAreNot() {
        Policy.Masking masking = (Policy.Masking) policy("immuta-mask-1").body();
        assertThat(masking.columns().tags()).containsExactly("PII.Email");
        assertThat(masking.rules()).containsExactly(
                new MaskRule(Optional.of("in_any_group('Employee')"), new Mask.Null()),
                new MaskRule(Optional.of("((NOT (in_any_group('Privacy Office') OR using_purpose('Fraud.Cards'))) AND "
                        + "(NOT in_any_group('Employee')))"), new Mask.Hash()));
    }

    @Test
    void testConditionAndColumnsByName() {
        Policy.Masking masking = (Policy.Masking) policy("immuta-mask-2").body();
        assertThat(masking.columns().pattern()).contains("(?:(?i).*(?:ssn).*)");
        assertThat(masking.condition()).contains("column_tagged('Geo.Country') = 'USA'");
        assertThat(masking.rules()).containsExactly(new MaskRule(Optional.empty(), new Mask.Regex("\\d", "x", false, Mask.NoMatch.NULL)));
    }

    @Test
    void testRowRules() {
        Policy matching = policy("immuta-filter-3");
        assertThat(matching.exempt()).contains("in_any_group('Auditors')");
        assertThat(((Policy.RowFilter) matching.body()).rule())
                .isEqualTo(new RowRule.Matches(Optional.of("region"), new ColumnReference.ByTag("Geo.Region")));
        assertThat(((Policy.RowFilter) policy("immuta-filter-4").body()).rule()).isEqualTo(new RowRule.Where(
                "has_attribute('clearance', 'high') OR attribute_values_contain('region', \"re\"\"gion\") OR owner = current_user"));
    }

    @Test
    void testWhatIsNotUnderstoodShowsNothing() {
        assertThat(((Policy.RowFilter) policy("immuta-filter-5").body()).rule()).isEqualTo(new RowRule.Where("false"));
        assertThat(migrated.unmigrated()).extracting(Unmigrated::why).anySatisfy(why -> assertThat(why).contains("'@iam'"));
    }

    @Test
    void testSubscription() {
        String to = "(in_any_group('Engineers') OR has_attribute('auth1', 'X'))";
        assertThat(((Policy.Access) policy("immuta-grant-6").body()).rule()).isEqualTo(new AccessRule.Grant(Level.READ, to));
        assertThat(((Policy.Access) policy("immuta-guardrail-7").body()).rule()).isEqualTo(new AccessRule.Guardrail(to));
        assertThat(((Policy.Access) policy("immuta-grant-6").body()).appliesTo().tags()).isEqualTo(ImmutableSet.of("Regional"));
        assertThat(migrated.unmigrated()).extracting(Unmigrated::what).contains("a subscription");
    }

    @Test
    void testExceptionsOfNothingExceptNobody() {
        Migrated result = Migration.of(Format.IMMUTA).migrate("""
                name: x
                type: data
                actions:
                  - rules:
                      - type: Masking
                        config: {fields: [{type: columnTags, columnTag: T}], maskingConfig: {type: Hash}}
                        exceptions: {groups: []}
                """);
        Policy.Masking masking = (Policy.Masking) ((Policy) result.documents().getLast()).body();
        assertThat(masking.rules()).containsExactly(new MaskRule(Optional.empty(), new Mask.Hash()));
        assertThat(result.unmigrated()).extracting(remark -> remark.position().line()).containsExactly(7);
    }

    @Test
    void testUnknownMaskHides() {
        Migrated result = Migration.of(Format.IMMUTA).migrate("""
                name: x
                type: data
                actions:
                  - rules:
                      - {type: Masking, config: {fields: [{type: columnTags, columnTag: T}], maskingConfig: {type: Blur}}}
                """);
        Policy.Masking masking = (Policy.Masking) ((Policy) result.documents().getLast()).body();
        assertThat(masking.rules()).containsExactly(new MaskRule(Optional.empty(), new Mask.Null()));
        assertThat(result.complete()).isFalse();
    }

    private Policy policy(String name) {
        List<Policy> found = migrated.documents().stream().filter(document -> document.name().equals(name)).map(Policy.class::cast)
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static String policies() {
        try {
            return Resources.toString(Resources.getResource("migration/immuta.yaml"), StandardCharsets.UTF_8);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
