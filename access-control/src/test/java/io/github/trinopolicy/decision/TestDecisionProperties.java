package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.decision.RandomPolicies.COLUMNS;
import static io.github.trinopolicy.decision.RandomPolicies.STORE;
import static io.github.trinopolicy.decision.RandomPolicies.TABLE;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TestingRowReader.Sight;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.policy.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Properties that hold whatever the policies are. Another seed is tried with `-Dpolicy.test.seed=n`; a failure names its seed and case.
final class TestDecisionProperties {
    private static final long SEED = Long.getLong("policy.test.seed", 483);
    private static final int LIBRARY = 400;
    private static final TableFacts FACTS = TableFacts.of(STORE.snapshot(), TABLE);
    private static final Policy GRANT = grant("grant", Level.READ, "true", everywhere());

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");
    private final TestingRowReader reader = new TestingRowReader();
    private Random random = new Random(SEED);
    private RandomPolicies policies = new RandomPolicies(random);

    @BeforeEach
    void startFromSeed() {
        random = new Random(SEED);
        policies = new RandomPolicies(random);
    }

    @Test
    void testOrderOfDocumentsDoesNotMatter() {
        Library library = new Library(policies::any);
        for (int i = 0; i < 1_000; i++) {
            List<Policy> drawn = library.draw(8);
            List<LayeredObject> documents = new ArrayList<>(STORE.with(drawn).objects());
            Collections.shuffle(documents, random);
            TestingStore shuffled = new TestingStore(documents, STORE.tables(), STORE.keys(), STORE.currentProjects());
            Subject subject = policies.subject();
            assertThat(evaluator.decide(shuffled.snapshot(library.compiled), subject, TABLE, COLUMNS)).as("seed %s, case %s", SEED, i)
                    .isEqualTo(evaluator.decide(STORE.with(drawn).snapshot(library.compiled), subject, TABLE, COLUMNS));
        }
    }

    @Test
    void testOrderOfUserEntitlementsDoesNotMatter() {
        Library library = new Library(policies::any);
        for (int i = 0; i < 1_000; i++) {
            List<Policy> drawn = library.draw(8);
            Subject subject = policies.subject();
            List<String> groups = new ArrayList<>(subject.groups());
            List<Map.Entry<String, String>> attributes = new ArrayList<>(subject.attributes().entries());
            Collections.reverse(groups);
            Collections.reverse(attributes);
            Subject reversed = new Subject(subject.user(), ImmutableSet.copyOf(groups), ImmutableSetMultimap.copyOf(attributes),
                    subject.purposes(), subject.project(), subject.moment());
            assertThat(decide(library, drawn, reversed)).as("seed %s, case %s", SEED, i).isEqualTo(decide(library, drawn, subject));
        }
    }

    // invariant 10, in four parts

    @Test
    void testFilterNeverRevealsMore() {
        assertNeverRevealsMore(2_500, policies::any, policies::filter);
    }

    @Test
    void testGuardrailNeverRevealsMore() {
        assertNeverRevealsMore(2_500, policies::any, policies::guardrail);
    }

    @Test
    void testMaskAtLeastAsStrongAsThoseItOutranksNeverRevealsMore() {
        assertNeverRevealsMore(10_000, policies::any, policies::mask);
    }

    @Test
    void testRevealThatMeansNobodyChangesNothing() {
        Library library = new Library(policies::any);
        Library additions = new Library(
                name -> TestingPolicies.reveal("added-" + name, columnsTagged("A", "X", "Shop", "Lake", "Geo"), "false"));
        Library all = library.and(additions);
        for (int i = 0; i < 1_000; i++) {
            List<Policy> drawn = library.draw(6);
            List<Policy> more = Stream.concat(drawn.stream(), additions.draw(1).stream()).collect(toImmutableList());
            Subject subject = policies.subject();
            assertThat(decide(all, more, subject)).as("seed %s, case %s", SEED, i).isEqualTo(decide(all, drawn, subject));
        }
    }

    /// Whatever a reveal policy shows was masked through tags that it means; everything else is as it was.
    @Test
    void testRevealTouchesOnlyColumnsWithItsTags() {
        Library library = new Library(policies::any);
        Library additions = new Library(name -> policies.reveal("added-" + name));
        Library all = library.and(additions);
        int revealed = 0;
        for (int i = 0; i < 5_000; i++) {
            List<Policy> drawn = library.draw(6);
            Policy addition = additions.draw(1).getFirst();
            ColumnMatcher matcher = ColumnMatcher.of(((Policy.Reveal) addition.body()).columns());
            Subject subject = policies.subject();
            TableDecision before = decide(all, drawn, subject);
            TableDecision after = decide(all, Stream.concat(drawn.stream(), Stream.of(addition)).collect(toImmutableList()), subject);
            assertThat(after.access()).isEqualTo(before.access());
            assertThat(after.filters()).isEqualTo(before.filters());
            for (Column column : COLUMNS) {
                Set<String> tags = FACTS.effectiveTags(column.name());
                ColumnDecision decision = requireNonNull(after.columns().get(column.name()));
                boolean changes = !decision.equals(before.columns().get(column.name()));
                revealed += changes ? 1 : 0;
                if (changes) {
                    assertThat(matcher.match(FACTS, column.name(), tags, column.type())).as("seed %s, case %s", SEED, i).isPresent();
                    assertThat(decision.underException()).isTrue();
                }
            }
        }
        assertThat(revealed).isGreaterThan(100);
    }

    /// Holds for policies that favour the entitled: one that masks the members of a group shows more to whoever leaves it, and so does an
    /// exception to a weak mask that outranks a stronger one.
    @Test
    void testExpiryNeverRevealsMore() {
        Library library = new Library(policies::favouringTheEntitled);
        Tally tally = new Tally();
        for (int i = 0; i < 5_000; i++) {
            List<Policy> drawn = library.draw(6);
            if (drawn.stream().anyMatch(one -> drawn.stream().anyMatch(other -> mayWeaken(one, other)))) {
                continue;
            }
            Subject before = policies.subject();
            Subject after = new Subject(before.user(),
                    before.groups().stream().filter(_ -> random.nextBoolean()).collect(toImmutableSet()),
                    before.attributes().entries().stream().filter(_ -> random.nextBoolean())
                            .collect(ImmutableSetMultimap.toImmutableSetMultimap(Map.Entry::getKey, Map.Entry::getValue)),
                    before.purposes(), before.project(), before.moment());
            tally.add(revealsNoMore(decide(library, drawn, after), decide(library, drawn, before), i, drawn::toString));
        }
        tally.assertMeaningful();
    }

    private void assertNeverRevealsMore(int cases, Function<String, Policy> base, Function<String, Policy> added) {
        Library library = new Library(base);
        Library additions = new Library(name -> added.apply("added-" + name));
        Library all = library.and(additions);
        Tally tally = new Tally();
        for (int i = 0; i < cases; i++) {
            List<Policy> drawn = library.draw(6);
            Policy addition = additions.draw(1).getFirst();
            if (addition.body() instanceof Masking && drawn.stream().anyMatch(other -> mayWeaken(addition, other))) {
                continue;
            }
            Subject subject = policies.subject();
            List<Policy> more = Stream.concat(drawn.stream(), Stream.of(addition)).collect(toImmutableList());
            tally.add(revealsNoMore(decide(all, more, subject), decide(all, drawn, subject), i, () -> addition + " added to " + drawn));
        }
        tally.assertMeaningful();
    }

    /// True where the added mask might come before a stronger one: it is closer to some column.
    static boolean mayWeaken(Policy added, Policy other) {
        if (!(added.body() instanceof Masking adding && other.body() instanceof Masking existing)) {
            return false;
        }
        boolean weaker = adding.rules().stream().map(MaskRule::mask).map(Mask::type)
                .anyMatch(type -> existing.rules().stream().anyMatch(rule -> rule.mask().type().compareTo(type) < 0));
        return weaker && COLUMNS.stream().anyMatch(column -> {
            Set<String> tags = FACTS.effectiveTags(column.name());
            Optional<Match> addedMatch = ColumnMatcher.of(adding.columns()).match(FACTS, column.name(), tags, column.type());
            Optional<Match> match = ColumnMatcher.of(existing.columns()).match(FACTS, column.name(), tags, column.type());
            return addedMatch.isPresent() && match.filter(existingMatch -> existingMatch.yieldsTo(addedMatch.get())).isPresent();
        });
    }

    /// No cell of any row may show more than before. Returns what the cells show after.
    private Set<Sight> revealsNoMore(TableDecision after, TableDecision before, int number, Supplier<String> what) {
        Set<Sight> seen = EnumSet.noneOf(Sight.class);
        for (Map<String, String> row : RandomPolicies.rows()) {
            Map<String, Sight> sightBefore = reader.read(before, row);
            reader.read(after, row).forEach((column, sight) -> {
                seen.add(sight);
                if (sight.compareTo(sightBefore.get(column)) > 0) {
                    throw new AssertionError(
                            "seed %s, case %s: %s of row %s shows %s, before %s: %s\n%s\n%s".formatted(SEED, number, column, row,
                                    sight, sightBefore.get(column), what.get(), before, after));
                }
            });
        }
        return seen;
    }

    private TableDecision decide(Library library, List<Policy> drawn, Subject subject) {
        return evaluator.decide(STORE.with(GRANT).with(drawn).snapshot(library.compiled), subject, TABLE, COLUMNS);
    }

    /// Policies parsed once, of which each case draws a few.
    private final class Library {
        private final List<Policy> drawable;
        private final Optional<PolicySnapshot> compiled;

        private Library(Function<String, Policy> generator) {
            this(IntStream.range(0, LIBRARY).mapToObj(number -> generator.apply("p" + number)).collect(toImmutableList()));
        }

        private Library(List<Policy> drawable) {
            this.drawable = drawable;
            this.compiled = Optional.of(STORE.with(drawable).snapshot());
        }

        private Library and(Library other) {
            return new Library(ImmutableList.<Policy>builder().addAll(drawable).addAll(other.drawable).build());
        }

        private List<Policy> draw(int most) {
            return random.ints(0, drawable.size()).distinct().limit(random.nextInt(most) + 1L).mapToObj(drawable::get)
                    .collect(toImmutableList());
        }
    }

    /// Makes sure that the cases do not all show the same.
    private static final class Tally {
        private final Set<Sight> seen = EnumSet.noneOf(Sight.class);

        private int cases;

        private void add(Set<Sight> sights) {
            seen.addAll(sights);
            cases++;
        }

        private void assertMeaningful() {
            assertThat(seen).containsExactlyInAnyOrder(Sight.values());
            assertThat(cases).isGreaterThan(1_000);
        }
    }
}
