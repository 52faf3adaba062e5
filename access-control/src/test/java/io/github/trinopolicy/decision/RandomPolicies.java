package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.guardrail;
import static io.github.trinopolicy.decision.TestingPolicies.masks;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.priority;
import static io.github.trinopolicy.decision.TestingPolicies.revealByAttribute;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.tagged;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.VarcharType.VARCHAR;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Draws policies, users and rows over one small table, on which many policies meet.
final class RandomPolicies {
    static final ObjectName TABLE = ObjectName.parse("lake.shop.customer");
    static final List<Column> COLUMNS = ImmutableList.of(new Column("email", VARCHAR), new Column("region", VARCHAR),
            new Column("team", VARCHAR));
    static final TestingStore STORE = TestingStore.of(
            registered("lake", "Lake"),
            table(TABLE.toString(), ImmutableMap.of("email", ImmutableSet.of("A.B.C", "X.Y"), "region", ImmutableSet.of("Geo.Region")),
                    "Shop"))
            .withApproved(TABLE.toString(), ImmutableMap.of("email", VARCHAR, "region", VARCHAR, "team", VARCHAR));

    /// True the more often, the more a user is entitled to.
    private static final List<String> ON_USER = List.of("in_any_group('a')", "in_any_group('b', 'c')", "in_all_groups('a', 'b')",
            "has_attribute('region', 'EU')", "has_attribute('region', 'US') OR in_any_group('c')", "current_user = 'alice'", "true",
            "in_any_group('a') AND has_attribute('region', 'US')", "current_project() = 'p'");
    private static final List<String> ON_ROW = List.of("attribute_values_contain('region', region)", "groups_contain(team)",
            "region = 'EU'",
            "region IS NOT NULL", "in_any_group('a') OR region = 'EU'", "groups_contain(team) AND region <> 'US'", "missing = 'x'",
            "column_tagged('Geo') = 'EU'", "in_any_group('a') AND team = 'b'", "column_tagged('Nowhere') IS NULL",
            "region IN ('EU', 'US') OR attribute_values_contain('region', team)");

    private final Random random;

    RandomPolicies(Random random) {
        this.random = random;
    }

    Subject subject() {
        ImmutableSetMultimap.Builder<String, String> attributes = ImmutableSetMultimap.builder();
        List.of("EU", "US").stream().filter(_ -> random.nextBoolean()).forEach(value -> attributes.put("region", value));
        ImmutableSet.Builder<String> groups = ImmutableSet.builder();
        List.of("a", "b", "c").stream().filter(_ -> random.nextBoolean()).forEach(groups::add);
        List.of("A", "A.B.C", "X.Y", "X", "Shop").stream().filter(_ -> random.nextInt(3) == 0)
                .forEach(value -> attributes.put("reveal", value));
        return new Subject(oneOf(List.of("alice", "bob")), groups.build(), attributes.build(), ImmutableSet.of(), Optional.empty(),
                Instant.EPOCH);
    }

    /// All rows that conditions tell apart; a column that is absent is NULL.
    static List<Map<String, String>> rows() {
        ImmutableList.Builder<Map<String, String>> rows = ImmutableList.builder();
        for (String region : List.of("EU", "US", "")) {
            for (String team : List.of("a", "b", "EU", "")) {
                ImmutableMap.Builder<String, String> row = ImmutableMap.<String, String>builder().put("email", "e@x.org");
                if (!region.isEmpty()) {
                    row.put("region", region);
                }
                if (!team.isEmpty()) {
                    row.put("team", team);
                }
                rows.add(row.buildOrThrow());
            }
        }
        return rows.build();
    }

    Policy any(String name) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> access(name);
            case 2, 3 -> filter(name);
            case 4 -> staged(mask(name));
            case 5, 6 -> reveal(name);
            default -> mask(name);
        };
    }

    Policy reveal(String name) {
        ColumnSelector columns = oneOf(List.of(columnsTagged("A"), columnsTagged("A.B.C"), columnsTagged("X.Y"), columnsTagged("A.B", "X"),
                columnsTagged("Shop"), columnsTagged("Geo", "Lake"),
                narrowed(columnsTagged("A", "X", "Shop"), ImmutableSet.of(), Optional.of(columnsTagged(oneOf(List.of("Out", "X.Y")))))));
        return random.nextBoolean() ? revealByAttribute(name, columns, "reveal") : TestingPolicies.reveal(name, columns, either(onUser()));
    }

    Policy access(String name) {
        return random.nextInt(4) == 0 ? guardrail(name) : grant(name, oneOf(List.of(Level.values())), onUser(), objects());
    }

    Policy grantToAll(String name) {
        return grant(name, Level.READ, "true", TestingPolicies.everywhere());
    }

    Policy guardrail(String name) {
        return TestingPolicies.guardrail(name, either(onUser()), objects());
    }

    Policy filter(String name) {
        Policy filter = switch (random.nextInt(4)) {
            case 0 -> matches(name, Optional.of("region"), new ColumnReference.ByName(oneOf(List.of("region", "team"))), objects());
            case 1 -> matches(name, Optional.empty(), new ColumnReference.ByTag(oneOf(List.of("Geo", "X.Y", "Nowhere"))), objects());
            default -> where(name, either(oneOf(ON_ROW)), objects());
        };
        return random.nextInt(3) == 0 ? exempt(filter, either(onUser())) : filter;
    }

    Policy mask(String name) {
        ImmutableList.Builder<MaskRule> rules = ImmutableList.builder();
        for (int i = random.nextInt(3); i > 0; i--) {
            rules.add(new MaskRule(Optional.of(either(onUser())), mask()));
        }
        if (random.nextInt(4) != 0) {
            rules.add(new MaskRule(Optional.empty(), mask()));
        }
        Policy policy = priority(masks(name, columnSelector(), rules.build().toArray(new MaskRule[0])), random.nextInt(3));
        if (random.nextInt(3) == 0) {
            policy = conditional(policy, either(oneOf(ON_ROW)));
        }
        return random.nextInt(3) == 0 ? exempt(policy, either(onUser())) : policy;
    }

    /// Policies under which whoever is entitled to more never sees less: exceptions are given to the entitled, masks and filters are
    /// taken from them.
    Policy favouringTheEntitled(String name) {
        return switch (random.nextInt(6)) {
            case 5 -> random.nextBoolean()
                    ? revealByAttribute(name, columnsTagged("A", "X"), "reveal")
                    : TestingPolicies.reveal(name, columnsTagged("A", "Shop", "Lake"), onUser());
            case 0 -> grant(name, oneOf(List.of(Level.values())), onUser(), objects());
            case 1 -> TestingPolicies.guardrail(name, onUser(), objects());
            case 2 -> exempt(where(name, oneOf(ON_ROW), objects()), onUser());
            default -> {
                Policy policy = masks(name, columnSelector(), new MaskRule(Optional.empty(), mask()));
                Policy limited = random.nextBoolean() ? conditional(policy, "NOT (%s)".formatted(oneOf(ON_ROW))) : policy;
                yield random.nextBoolean() ? exempt(limited, onUser()) : limited;
            }
        };
    }

    private String onUser() {
        return oneOf(ON_USER);
    }

    private String either(String text) {
        return random.nextInt(4) == 0 ? "NOT (%s)".formatted(text) : text;
    }

    private Mask mask() {
        return oneOf(List.of(NULL, constant("x"), HASH, HASH));
    }

    private ObjectSelector objects() {
        return oneOf(List.of(everywhere(), everywhere(), tables("lake"), tables(TABLE.toString()), tagged("Shop"), tagged("Lake"),
                tagged("Nowhere"), tables("lake.other")));
    }

    private ColumnSelector columnSelector() {
        return oneOf(List.of(columns(TABLE + ".email"), columnsLike("e.*"), columnsLike(".*"), columnsTagged("A"), columnsTagged("A.B"),
                columnsTagged("A.B.C"), columnsTagged("X"), columnsTagged("X.Y"), columnsTagged("A", "X"), columnsTagged("A.B", "X.Y"),
                columnsTagged("Shop"), columnsTagged("Geo"), columnsIn(TABLE.toString()), columnsIn("lake.shop"), columnsIn("lake")));
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
