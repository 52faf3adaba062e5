package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.Node;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Texts that want to become more than they are, and the parts on which everything else rests, at random.
class TestHostileMigrations {
    private static final long SEED = new Random().nextLong();
    private static final List<String> NAMES = List.of("x' OR TRUE OR 'x", "a\"b", "--", "/* */", "a\nkind: Policy", "\u202Eevil", "ünïcödé",
            "\uD83D\uDE00", "in_any_group('x')", "#", "{}", "a: b", "'", "''", "\\", "%s", "n".repeat(1_000), "m".repeat(1_001), " x ",
            "null");

    @Test
    void testNamesStayNames() {
        for (String name : NAMES) {
            Migrated migrated = Migration.of(Format.FILE_RULES).migrate("""
                    {"tables": [
                      {"user": %1$s, "group": %1$s, "catalog": "lake", "privileges": ["SELECT"], "filter": "name = 'x'"},
                      {"catalog": "lake", "schema": %1$s, "table": %1$s, "privileges": [], "columns": [{"name": %1$s, "allow": false}]}
                    ]}""".formatted(json(literal(name))));
            assertThat(new BundleReader().read(migrated.bundle())).as(name).hasSameSizeAs(migrated.documents());
            assertThat(holders(migrated, name)).as(name).isLessThanOrEqualTo(1);
        }
    }

    /// A regular expression for the name alone.
    private static String literal(String name) {
        return name.codePoints().mapToObj(c -> (c < 0x80 && !Character.isLetterOrDigit(c) ? "\\" : "") + Character.toString(c))
                .collect(Collectors.joining());
    }

    /// How many of three users get a grant: at most the one of that name.
    private static long holders(Migrated migrated, String name) {
        PolicyTextParser parser = new PolicyTextParser();
        List<String> conditions = migrated.documents().stream()
                .filter(document -> document instanceof Policy policy && policy.body() instanceof Policy.Access access
                        && access.rule() instanceof Policy.AccessRule.Grant)
                .map(document -> ((Policy.AccessRule.Grant) ((Policy.Access) ((Policy) document).body()).rule()).to()).toList();
        return List.of(name, "alice", "x").stream().distinct()
                .filter(user -> conditions.stream().anyMatch(condition -> new PartialEvaluator()
                        .holds(parser.parse(condition, Scope.USER), subject(user, ImmutableSet.of(name)))))
                .count();
    }

    @Test
    void testErrorsHavePlaces() {
        for (Format format : Format.values()) {
            for (String text : List.of("", "nonsense: [", "[1, 2", "{\"tables\": 1}", "{\"a\": 1, \"a\": 2}",
                    "{\"tables\": [{\"privileges\": [\"X\"]}]}",
                    "[".repeat(5_000), "{\"policies\": [{\"resources\": []}]}", "{\"policies\": {}}", "name: x\ntype: y", "\u0000", "42",
                    "null",
                    "{\"tables\": [{\"user\": \"(\", \"privileges\": []}]}", "{\"tables\": [{\"usr\": \"x\", \"privileges\": []}]}",
                    "{\"policies\": [{\"resources\": {\"table\": {\"values\": [\"x\"]}}}]}", "{\"tables\": [null]}")) {
                try {
                    new BundleReader().read(Migration.of(format).migrate(text).bundle());
                }
                catch (BundleException e) {
                    assertThat(e.errors()).as("%s of %s", format, text).isNotEmpty();
                }
            }
        }
        assertThatThrownBy(() -> Migration.of(Format.FILE_RULES).migrate("{\n  \"tables\": [{\"usr\": \"x\", \"privileges\": []}]}"))
                .isInstanceOf(BundleException.class).hasMessageContaining("line 2, column 16").hasMessageContaining("did you mean");
        assertThatThrownBy(() -> Migration.of(Format.FILE_RULES).migrate("{\"a\": 1,\n \"a\": 2}")).hasMessageContaining("line 2");
    }

    @Test
    void testRegexesOfAnyKindAreUnderstoodSafely() {
        Random random = new Random(SEED);
        String[] parts = {"a", "b", "ab", ".", ".*", "|", "(", ")", "(?:", "[ab]", "[a-c]", "[^a]", "?", "+", "*", "{2}", "\\.", "\\d",
                "\\Q.\\E",
                "^", "$", "(?i)", "\\\\", "_", "]"};
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(7); length > 0; length--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            NamePattern pattern;
            try {
                pattern = NamePattern.of(element(text.toString()));
            }
            catch (BundleException _) {
                continue;
            }
            understood += pattern.isFinite() ? 1 : 0;
            String what = "%s, seed %s".formatted(text, SEED);
            assertThat(pattern.names()).as(what).allMatch(pattern::matches);
            for (String name : samples(random)) {
                boolean certain = pattern.names().contains(name) || pattern.prefixes().stream().anyMatch(name::startsWith);
                boolean possible = certain || pattern.maybe().stream().anyMatch(name::startsWith);
                if (pattern.matches(name)) {
                    assertThat(possible).as("%s may match %s", what, name).isTrue();
                }
                else {
                    assertThat(certain).as("%s does not match %s", what, name).isFalse();
                }
            }
        }
        assertThat(understood).isGreaterThan(1_000);
    }

    private static List<String> samples(Random random) {
        return IntStream.range(0, 20).mapToObj(_ -> {
            StringBuilder name = new StringBuilder();
            for (int length = 1 + random.nextInt(4); length > 0; length--) {
                name.append("abcA.1_\\".charAt(random.nextInt(8)));
            }
            return name.toString();
        }).collect(toImmutableList());
    }

    @Test
    void testTextsOfConditionsSayWhatTheyMean() {
        Random random = new Random(SEED);
        Satisfiability satisfiability = new Satisfiability();
        ConditionText texts = new ConditionText(satisfiability);
        PolicyTextParser parser = new PolicyTextParser();
        for (int i = 0; i < 2_000; i++) {
            Condition condition = condition(random, 3);
            String text = texts.of(condition);
            boolean someone = false;
            for (String user : List.of("a", "b'", "ab", "b", "\uD83D\uDE00x", "zz")) {
                for (Set<String> groups : List.<Set<String>>of(Set.of(), Set.of("g"), Set.of("h\""), Set.of("g", "h\""))) {
                    boolean holds = holds(condition, user, groups);
                    someone |= holds;
                    assertThat(new PartialEvaluator().holds(parser.parse(text, Scope.USER), subject(user, groups)))
                            .as("%s for %s in %s, seed %s", text, user, groups, SEED).isEqualTo(holds);
                }
            }
            assertThat(satisfiability.isSatisfiable(condition) || !someone).as("%s, seed %s", text, SEED).isTrue();
        }
    }

    private static Condition condition(Random random, int depth) {
        List<Condition> terms = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0 && depth > 0; i--) {
            terms.add(condition(random, depth - 1));
        }
        return switch (depth == 0 ? random.nextInt(3) : 3 + random.nextInt(3)) {
            case 0 -> Condition.users(Set.of("a", "b'"), Set.of());
            case 1 -> Condition.users(Set.of(), Set.of(random.nextBoolean() ? "a" : "\uD83D\uDE00"));
            case 2 -> Condition.groups(random.nextBoolean() ? Set.of("g") : Set.of("g", "h\""));
            case 3 -> Condition.all(terms);
            case 4 -> Condition.any(terms);
            default -> Condition.not(terms.getFirst());
        };
    }

    private static boolean holds(Condition condition, String user, Set<String> groups) {
        return switch (condition) {
            case Condition.Fixed fixed -> fixed.value();
            case Condition.Users users -> users.holdsFor(user);
            case Condition.Groups some -> some.names().stream().anyMatch(groups::contains);
            case Condition.All all -> all.terms().stream().allMatch(term -> holds(term, user, groups));
            case Condition.Any any -> any.terms().stream().anyMatch(term -> holds(term, user, groups));
            case Condition.Not not -> !holds(not.term(), user, groups);
            case Condition.HasAttribute _,Condition.UsesPurpose _ -> false;
        };
    }

    private static Subject subject(String user, Set<String> groups) {
        return new Subject(user, groups, ImmutableSetMultimap.of(), ImmutableSet.of(), Optional.empty(), Instant.EPOCH);
    }

    private static Element element(String text) {
        return new Element(new Node.Scalar(text, Node.Type.STRING, Optional.of(new Position(1, 1)), false), "a pattern");
    }

    private static String json(String text) {
        StringBuilder result = new StringBuilder("\"");
        text.chars().forEach(
                c -> result.append(c < 0x20 || c == '"' || c == '\\' || c > 0x7e ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
        return result.append('"').toString();
    }
}
