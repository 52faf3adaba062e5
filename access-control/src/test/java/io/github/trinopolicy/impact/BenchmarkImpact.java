package io.github.trinopolicy.impact;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingStore.group;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.github.trinopolicy.decision.TestingStore.user;
import static io.trino.spi.type.VarcharType.VARCHAR;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.enforcement.UngovernedTables;
import io.github.trinopolicy.impact.ImpactAnalysis.Limits;
import io.github.trinopolicy.impact.ImpactAnalysis.Result;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.PolicyObject;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a mask on a column of each of 1,000 tables would do to 10,000 users under 1,000 policies; each table has a grant to a group of its
/// own, and half of them a filter by region. The change that touches one table is what most changes are like.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BenchmarkImpact {
    private static final int TABLES = 1_000;
    private static final int POLICIES = 1_000;
    private static final int USERS = 10_000;
    private static final int COLUMNS = 20;
    private static final int GROUPS_OF_A_USER = 5;

    private final ImpactAnalysis analysis = new ImpactAnalysis(new PolicyEvaluator(new MaskCatalogue(), "policy"), _ -> false,
            UngovernedTables.DENY, _ -> VARCHAR, Limits.DEFAULT);
    private final TestingStore store = store();
    private final PolicySnapshot before = store.snapshot();
    private final ProposedChange everyTable = change("PII");
    private final ProposedChange oneTable = change("PII.T7");

    @Benchmark
    public Result everyTable() {
        return analysis.analyze(everyTable, Instant.EPOCH);
    }

    @Benchmark
    public Result oneTable() {
        return analysis.analyze(oneTable, Instant.EPOCH);
    }

    private ProposedChange change(String tag) {
        PolicySnapshot after = store.with(exempt(mask("hash", HASH, columnsTagged(tag)), "in_any_group('g0')")).snapshot();
        return new ProposedChange(before, after, after);
    }

    private static TestingStore store() {
        List<PolicyObject> objects = new ArrayList<>();
        List<KnownTable> tables = new ArrayList<>();
        List<KeyReference> keys = new ArrayList<>();
        ImmutableMap.Builder<String, Type> types = ImmutableMap.builder();
        for (int column = 0; column < COLUMNS; column++) {
            types.put("c" + column, VARCHAR);
        }
        for (int i = 0; i < TABLES; i++) {
            String name = "lake.shop.t" + i;
            objects.add(table(name, ImmutableMap.of("c0", ImmutableSet.of("PII.T" + i))));
            objects.add(group("g" + i, Map.of()));
            TestingStore described = TestingStore.of().withApproved(name, types.buildOrThrow());
            tables.addAll(described.tables());
            keys.addAll(described.keys());
        }
        for (int i = 0; i < POLICIES; i++) {
            int number = i / 2;
            objects.add(i % 2 == 0
                    ? grant("read-" + number, Level.READ, "in_any_group('g%s')".formatted(number),
                            tables("lake.shop.t" + number, "lake.shop.t" + (number + POLICIES / 2)))
                    : matches("filter-" + number, Optional.of("region"), new ColumnReference.ByName("c1"), tables("lake.shop.t" + number)));
        }
        for (int i = 0; i < USERS; i++) {
            ImmutableSet.Builder<String> groups = ImmutableSet.builder();
            for (int j = 0; j < GROUPS_OF_A_USER; j++) {
                groups.add("g" + (i * 7 + j * 131) % TABLES);
            }
            objects.add(user("u" + i, groups.build(), Map.of("region", Set.of("r" + i % 5))));
        }
        return new TestingStore(List.of(), tables, keys).with(objects);
    }
}
