package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.RandomPolicies.COLUMNS;
import static io.github.trinopolicy.decision.RandomPolicies.STORE;
import static io.github.trinopolicy.decision.RandomPolicies.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Lists;
import io.github.trinopolicy.decision.TestingRowReader.Sight;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.Subject;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is compiled, folded and indexed says the same as the semantics read word by word.
class TestReferenceEvaluator {
    private static final long SEED = Long.getLong("policy.test.seed", System.nanoTime());
    private static final int CASES = 100_000;
    private static final int LIBRARY = 2_000;

    @Test
    void testCompiledPoliciesAgreeWithTheReference() {
        Random random = new Random(SEED);
        RandomPolicies policies = new RandomPolicies(random);
        TestingReference reference = new TestingReference(TABLE, ImmutableSet.of("Shop", "Lake"), ImmutableMap.of(
                "email", ImmutableSet.of("A.B.C", "X.Y"), "region", ImmutableSet.of("Geo.Region"), "team", ImmutableSet.of()));
        TestingRowReader reader = new TestingRowReader();
        PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");
        List<Policy> library = IntStream.range(0, LIBRARY).mapToObj(number -> policies.any("p" + number)).toList();
        Optional<PolicySnapshot> compiled = Optional.of(STORE.with(library).snapshot());
        List<Map<String, String>> rows = RandomPolicies.rows();

        Map<Sight, Integer> seen = new EnumMap<>(Sight.class);
        for (int number = 0; number < CASES; number += rows.size()) {
            List<Policy> drawn = Lists.newArrayList(random.ints(0, LIBRARY).distinct().limit(1 + random.nextInt(10)).mapToObj(library::get)
                    .iterator());
            drawn.add(policies.grantToAll("granted"));
            Subject subject = policies.subject();
            TableDecision decision = evaluator.decide(STORE.with(drawn).snapshot(compiled), subject, TABLE, COLUMNS);
            for (Map<String, String> row : rows) {
                Map<String, Sight> expected = reference.see(drawn, subject, row);
                assertThat(reader.read(decision, row))
                        .describedAs("seed %s: row %s of %s in %s with %s under %s", SEED, row, subject.user(),
                                subject.groups(), subject.attributes(), drawn)
                        .isEqualTo(expected);
                expected.values().forEach(sight -> seen.merge(sight, 1, Integer::sum));
            }
        }
        // else the cases would be no test of each
        assertThat(seen).containsOnlyKeys(Sight.values());
        assertThat(seen.values()).describedAs("%s", seen).allMatch(count -> count > CASES / 50);
    }
}
