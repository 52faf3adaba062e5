package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.github.trinopolicy.decision.RandomPolicies.COLUMNS;
import static io.github.trinopolicy.decision.RandomPolicies.STORE;
import static io.github.trinopolicy.decision.RandomPolicies.TABLE;
import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.Trait;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TestTableReach {
    private static final long SEED = Long.getLong("policy.test.seed", 483);

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testUsersWithEqualTraitsSeeTheSame() {
        Random random = new Random(SEED);
        RandomPolicies policies = new RandomPolicies(random);
        List<Policy> library = IntStream.range(0, 300).mapToObj(number -> policies.any("p" + number)).collect(toImmutableList());
        Optional<PolicySnapshot> compiled = Optional.of(STORE.with(library).snapshot());
        int shared = 0;
        int kinds = 0;
        for (int i = 0; i < 1_000; i++) {
            List<Policy> drawn = random.ints(0, library.size()).distinct().limit(random.nextInt(4) + 1L).mapToObj(library::get)
                    .collect(toImmutableList());
            PolicySnapshot snapshot = STORE.with(drawn).snapshot(compiled);
            TableReach reach = TableReach.of(snapshot, TABLE);
            Map<Map<Trait, Object>, TableDecision> byTraits = new HashMap<>();
            for (int user = 0; user < 12; user++) {
                Subject subject = policies.subject();
                ImmutableMap<Trait, Object> traits = reach.traits().stream()
                        .collect(toImmutableMap(trait -> trait, trait -> trait.of(subject)));
                TableDecision decision = evaluator.decide(snapshot, subject, TABLE, COLUMNS);
                TableDecision equal = byTraits.putIfAbsent(traits, decision);
                if (equal != null) {
                    shared++;
                    assertThat(decision).as("seed %s, case %s: %s under %s", SEED, i, traits, drawn).isEqualTo(equal);
                }
            }
            kinds += byTraits.size();
        }
        assertThat(shared).isGreaterThan(1_000);
        assertThat(kinds).isGreaterThan(2_000);
    }

    @Test
    void testPoliciesAndTraits() {
        TableReach reach = TableReach.of(STORE.with(
                grant("grant", Level.READ, "in_any_group('a', 'b') AND current_user <> 'x'", everywhere()),
                exempt(matches("filter", Optional.of("region"), new ColumnReference.ByName("region"), tables(TABLE.toString())),
                        "has_attribute('clearance', 'high')"),
                conditional(mask("mask", HASH, columnsTagged("A")), "groups_contain(team) AND using_purpose('Fraud')"),
                where("elsewhere", "attribute_values_contain('team', team)", tables("lake.other")),
                staged(mask("staged", HASH, columns(TABLE + ".email")))).snapshot(), TABLE);
        assertThat(reach.policies()).containsExactlyInAnyOrder("grant", "filter", "mask");
        assertThat(reach.traits()).containsExactlyInAnyOrder(new Trait.InGroup("a"), new Trait.InGroup("b"), new Trait.Name(),
                new Trait.Values("region"), new Trait.HasValue("clearance", "high"), new Trait.Groups(), new Trait.Project());
        // what holds for any table of the schema
        assertThat(TableReach.ofAny(STORE.with(grant("grant", Level.READ, "true", everywhere()),
                where("filter", "region = 'EU'", tables(TABLE.toString()))).snapshot(), ObjectName.parse("lake.shop")).policies())
                .containsExactly("grant");
    }
}
