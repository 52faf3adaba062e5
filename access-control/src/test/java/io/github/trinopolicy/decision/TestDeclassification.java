package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.RandomPolicies.COLUMNS;
import static io.github.trinopolicy.decision.RandomPolicies.STORE;
import static io.github.trinopolicy.decision.RandomPolicies.TABLE;
import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.guardrail;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.reveal;
import static io.github.trinopolicy.decision.TestingPolicies.revealByAttribute;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.tagged;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.dataSource;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingRowReader.Sight;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.policy.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Section 5: what an owner may do lets nobody see more.
final class TestDeclassification {
    private static final long SEED = Long.getLong("policy.test.seed", 483);
    private static final int CASES = 2_000;
    private static final int SUBJECTS = 5;
    private static final List<String> TAGS = List.of("A", "A.B", "A.B.C", "X", "X.Y", "Geo", "Geo.Region", "Shop", "Lake", "Nowhere",
            "Out");
    private static final List<Column> WITH_NEW_COLUMN = ImmutableList.<Column>builder().addAll(COLUMNS).add(new Column("fresh", VARCHAR))
            .build();
    private static final Policy OPEN = grant("open", Level.READ, "true", everywhere());
    private static final String CUSTOMER = TABLE.toString();

    private static final String GRANTS = "a policy grants access by it";
    private static final String FILTER = "a row filter looks for a column by it";
    private static final String CONDITION = "the condition of a mask looks for a column by it";
    private static final String LEFT_OUT = "a mask leaves out what has it";
    private static final String BACK = "a weaker mask that a policy reveals would come back before a stronger one";
    private static final String WEAKER = "a weaker mask would come before a stronger one";

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");
    private final TestingRowReader reader = new TestingRowReader();
    private final Random random = new Random(SEED);
    private final RandomPolicies policies = new RandomPolicies(random);

    @Test
    @DisplayName("Section 5: an act that is an owner's shows nobody more, whoever it is and whatever the policies are")
    void testWhatIsAllowedNeverRevealsMore() {
        List<Policy> library = IntStream.range(0, 400).mapToObj(number -> policy("p" + number)).collect(toImmutableList());
        Optional<PolicySnapshot> compiled = Optional.of(STORE.with(library).snapshot());
        int allowed = 0;
        int refused = 0;
        int rightlyRefused = 0;
        for (int i = 0; i < CASES; i++) {
            List<Policy> drawn = random.ints(0, library.size()).distinct().limit(random.nextInt(5) + 1L).mapToObj(library::get)
                    .collect(toImmutableList());
            // often everybody may read, so that filters and masks count
            TestingStore store = random.nextInt(4) == 0 ? STORE.with(drawn) : STORE.with(drawn).with(OPEN);
            DataSource act = act();
            PolicySnapshot before = store.snapshot(compiled);
            PolicySnapshot after = store.with(Layer.CALL, ImmutableList.of(act)).snapshot(compiled);
            Optional<String> reason = Declassification.reason(before, after, act.objectName());
            boolean reveals = false;
            for (int subject = 0; subject < SUBJECTS; subject++) {
                Optional<String> revealed = revealed(before, after, policies.subject());
                reveals |= revealed.isPresent();
                assertThat(reason.isEmpty() && revealed.isPresent())
                        .as("seed %s, case %s: %s under %s %s", SEED, i, act, drawn, revealed).isFalse();
            }
            if (reason.isEmpty()) {
                allowed++;
            }
            else {
                refused++;
                rightlyRefused += reveals ? 1 : 0;
            }
        }
        // neither is everything refused nor does nothing ever reveal
        assertThat(allowed).isGreaterThan(CASES / 3);
        assertThat(refused).isGreaterThan(CASES / 20);
        assertThat(rightlyRefused).isGreaterThan(refused / 20);
    }

    /// Of the forms that tags can turn around, more than usual.
    private Policy policy(String name) {
        return switch (random.nextInt(9)) {
            case 0 -> {
                Policy mask = policies.mask(name);
                Masking masking = (Masking) mask.body();
                ColumnSelector narrowed = narrowed(masking.columns(), ImmutableSet.of(), Optional.of(columnsTagged(anyTag())));
                yield new Policy(name, mask.description(), mask.state(), mask.exempt(),
                        new Masking(narrowed, masking.rules(), masking.condition(), masking.priority()));
            }
            case 1 -> conditional(policies.mask(name), "column_tagged('%s') = 'EU'".formatted(anyTag()));
            case 3, 4 -> policies.reveal(name);
            case 5 -> revealByAttribute(name, narrowed(columnsTagged("A", "X", "Shop", "Lake"), ImmutableSet.of(),
                    random.nextBoolean() ? Optional.of(columnsTagged(anyTag())) : Optional.empty()), "reveal");
            case 2 -> where(name, "column_tagged('%s') = 'EU'".formatted(anyTag()), everywhere());
            default -> policies.any(name);
        };
    }

    private DataSource act() {
        return switch (random.nextInt(4)) {
            case 0 -> registered("lake", anyTag());
            case 1 -> registered("lake.shop", anyTag());
            case 2 -> registered(CUSTOMER, anyTag());
            default -> columnTag(WITH_NEW_COLUMN.get(random.nextInt(WITH_NEW_COLUMN.size())).name(), anyTag());
        };
    }

    private String anyTag() {
        return TAGS.get(random.nextInt(TAGS.size()));
    }

    private Optional<String> revealed(PolicySnapshot before, PolicySnapshot after, Subject subject) {
        TableDecision old = evaluator.decide(before, subject, TABLE, WITH_NEW_COLUMN);
        TableDecision changed = evaluator.decide(after, subject, TABLE, WITH_NEW_COLUMN);
        if (changed.access().level().filter(level -> !old.access().allows(level)).isPresent()) {
            return Optional.of("%s may do more".formatted(subject));
        }
        for (Map<String, String> row : RandomPolicies.rows()) {
            Map<String, Sight> sights = reader.read(old, row);
            for (Map.Entry<String, Sight> sight : reader.read(changed, row).entrySet()) {
                if (sight.getValue().compareTo(sights.get(sight.getKey())) > 0) {
                    return Optional.of("%s: %s of row %s shows %s, before %s:\n%s\n%s".formatted(subject, sight.getKey(), row,
                            sight.getValue(), sights.get(sight.getKey()), old, changed));
                }
            }
        }
        return Optional.empty();
    }

    @Test
    void testGrants() {
        Policy read = grant("read", Level.READ, "in_any_group('a')", everywhere());
        assertThat(tagging(CUSTOMER, "Open", grant("open", Level.READ, "true", tagged("Open")))).contains(GRANTS);
        assertThat(tagging("lake", "Open.Data", read, grant("open", Level.READ, "in_any_group('b')", tagged("Open")))).contains(GRANTS);
        assertThat(tagging(CUSTOMER, "Open", read, grant("open", Level.WRITE, "in_any_group('a')", tagged("Open")))).contains(GRANTS);
        // what a policy gives already
        assertThat(tagging(CUSTOMER, "Open", read, grant("open", Level.READ, "in_any_group('a')", tagged("Open")))).isEmpty();
        assertThat(tagging(CUSTOMER, "Open", grant("all", Level.READ, "true", everywhere()),
                grant("open", Level.READ, "in_any_group('a')", tagged("Open")))).isEmpty();
        // a grant looks at the tags of tables, not at those of columns
        assertThat(taggingColumn("email", "Open", grant("open", Level.READ, "true", tagged("Open")))).isEmpty();
        assertThat(tagging(CUSTOMER, "Other", grant("open", Level.READ, "true", tagged("Open")))).isEmpty();
        assertThat(tagging(CUSTOMER, "Closed", guardrail("closed", "false", tagged("Closed")))).isEmpty();
    }

    @Test
    void testRowFilters() {
        Policy byTag = matches("by-tag", Optional.of("region"), new ColumnReference.ByTag("Sales"), everywhere());
        Policy text = where("text", "column_tagged('Sales') = 'EU'", everywhere());
        for (Policy filter : List.of(byTag, text)) {
            assertThat(taggingColumn("email", "Sales.Region", filter)).contains(FILTER);
            assertThat(taggingColumn("email", "Other", filter)).isEmpty();
            // columns do not inherit the tag that is looked for
            assertThat(tagging(CUSTOMER, "Sales", filter)).isEmpty();
        }
        assertThat(tagging(CUSTOMER, "Sales", where("filter", "region = 'EU'", tagged("Sales")))).isEmpty();
        assertThat(taggingColumn("email", "Sales", matches("elsewhere", Optional.of("region"), new ColumnReference.ByTag("Sales"),
                tables("lake.other")))).isEmpty();
    }

    @Test
    void testMasks() {
        // a mask of a column that had none hides more, whatever its type
        assertThat(taggingColumn("team", "Secret", mask("hash", HASH, columnsTagged("Secret")))).isEmpty();
        Policy hidden = mask("hidden", NULL, columnsIn(CUSTOMER));
        assertThat(taggingColumn("team", "Secret", hidden, mask("hash", HASH, columnsTagged("Secret")))).contains(WEAKER);
        assertThat(tagging("lake.shop", "Secret", hidden, mask("hash", HASH, columnsTagged("Secret")))).contains(WEAKER);
        assertThat(taggingColumn("team", "Secret", hidden, mask("null", NULL, columnsTagged("Secret")))).isEmpty();
        // what comes before it anyway
        assertThat(taggingColumn("team", "Secret", mask("hidden", NULL, columns(CUSTOMER + ".team")),
                mask("hash", HASH, columnsTagged("Secret")))).isEmpty();
        assertThat(taggingColumn("team", "Secret", mask("hidden", NULL, columnsLike("te.*")),
                mask("hash", HASH, columnsTagged("Secret")))).isEmpty();
        // unrelated tags are equal, so the stronger mask decides
        assertThat(taggingColumn("email", "Secret", mask("hidden", NULL, columnsTagged("A")),
                mask("hash", HASH, columnsTagged("Secret")))).isEmpty();
        // the descendant outranks its ancestor
        assertThat(taggingColumn("region", "Geo.Region.City", mask("hidden", NULL, columnsTagged("Geo.Region")),
                mask("hash", HASH, columnsTagged("Geo.Region.City")))).contains(WEAKER);
        assertThat(taggingColumn("team", "Secret", mask("hash", HASH, columnsIn("lake")),
                mask("text", constant("x"), columnsTagged("Secret")))).isEmpty();
        // columns that only the table's owners see are not forgotten
        assertThat(tagging(CUSTOMER, "Secret", mask("by-name", NULL, columnsLike("email|region|team")), hidden,
                mask("hash", HASH, columnsTagged("Secret")))).contains(WEAKER);
    }

    @Test
    void testReveals() {
        Policy shown = reveal("shown", columnsTagged("A", "Public"), "in_any_group('a')");
        // a further tag does not lift what is there: the mask selects by the old tag as well
        assertThat(taggingColumn("email", "Public", mask("hash", HASH, columnsTagged("A.B")), shown)).isEmpty();
        assertThat(taggingColumn("email", "A.B.C.D", mask("hash", HASH, columnsTagged("A.B")), shown)).isEmpty();
        // but it may bring a mask back that comes before a stronger one
        Policy either = mask("hash", HASH, columnsTagged("A.B", "Secret"));
        assertThat(taggingColumn("email", "Secret", either, mask("hidden", NULL, columnsIn(CUSTOMER)), shown)).contains(BACK);
        assertThat(taggingColumn("email", "Secret", either, mask("text", HASH, columnsIn(CUSTOMER)), shown)).isEmpty();
        assertThat(taggingColumn("email", "Secret", either, shown)).isEmpty();
        assertThat(taggingColumn("email", "Out", mask("hash", HASH, columnsTagged("A.B")), reveal("all-but", narrowed(columnsTagged("A"),
                ImmutableSet.of(), Optional.of(columnsTagged("Out"))), "true"))).contains("a reveal policy leaves out what has it");
    }

    @Test
    void testMasksThatLookForTags() {
        assertThat(taggingColumn("team", "Public", mask("secret", NULL,
                narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columnsTagged("Public")))))).contains(LEFT_OUT);
        assertThat(taggingColumn("team", "Country", conditional(mask("abroad", NULL, columnsTagged("A")),
                "column_tagged('Country') = 'EU'"))).contains(CONDITION);
        assertThat(tagging(CUSTOMER, "Public", mask("secret", NULL,
                narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columnsTagged("Public")))))).contains(LEFT_OUT);
    }

    @Test
    void testRegistering() {
        Policy grant = grant("all", Level.READ, "true", everywhere());
        assertThat(reason(STORE.with(grant), registered("hive.sales")))
                .contains("it would become governed, and a policy grants access to it");
        assertThat(reason(STORE.with(guardrail("closed", "false", everywhere())), registered("hive.sales"))).isEmpty();
        // what is governed already
        assertThat(reason(STORE.with(grant), registered("lake.shop.orders"))).isEmpty();
        assertThat(reason(STORE.with(grant), dataSource("lake.shop.orders", Principals.NONE, ImmutableSet.of(),
                Optional.of(NewColumns.ALLOW), ImmutableMap.of()))).contains("columns that nobody has approved would be shown");
    }

    @Test
    void testTakingAway() {
        TestingStore bare = new TestingStore(ImmutableList.of(), STORE.tables(), STORE.keys());
        assertThat(Declassification.reason(STORE.snapshot(), bare.snapshot(), TABLE)).contains("it would no longer be governed");
        TestingStore untagged = bare.with(table(CUSTOMER, ImmutableMap.of("email", ImmutableSet.of("A.B.C"))));
        assertThat(Declassification.reason(STORE.snapshot(), untagged.snapshot(), TABLE)).contains("a tag would be taken away");
    }

    private Optional<String> tagging(String object, String tag, PolicyObject... policies) {
        return reason(STORE.with(policies), registered(object, tag));
    }

    private Optional<String> taggingColumn(String column, String tag, PolicyObject... policies) {
        return reason(STORE.with(policies), columnTag(column, tag));
    }

    private static DataSource columnTag(String column, String tag) {
        return table(CUSTOMER, ImmutableMap.<String, Set<String>>of(column, ImmutableSet.of(tag)));
    }

    private static Optional<String> reason(TestingStore store, DataSource act) {
        PolicySnapshot before = store.snapshot();
        ObjectName changed = act.objectName();
        return Declassification.reason(before, store.with(Layer.CALL, ImmutableList.of(act)).snapshot(Optional.of(before)), changed);
    }
}
