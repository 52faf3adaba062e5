package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.Subject;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.trino.plugin.base.security.FileBasedSystemAccessControl;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemAccessControlFactory.SystemAccessControlContext;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.ViewExpression;
import io.trino.spi.type.VarcharType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// The filter and the masks of a table of 100 columns, ten of them masked, where 1,000 tables have as many rules. The opponent is
/// Trino's own file-based access control with the same rules.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BenchmarkDecision {
    private static final int TABLES = 1_000;
    private static final int COLUMNS = 100;
    private static final int MASKED_COLUMNS = 10;
    // rules stand before it and behind it
    private static final int TABLE = TABLES / 2;

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");
    private final ObjectName table = tableName(TABLE);
    private final List<Column> columns = columnNames().stream().map(name -> new Column(name, VarcharType.VARCHAR)).toList();
    private final PolicySnapshot snapshot = snapshot();
    private final Subject subject = Entitlements.of(snapshot, "alice", ImmutableSet.of(), Instant.now());

    private final SystemAccessControl fileBased = fileBased();
    private final SystemSecurityContext context = new SystemSecurityContext(Identity.ofUser("alice"), QueryId.valueOf("benchmark"),
            Instant.now());
    private final CatalogSchemaTableName fileBasedTable = new CatalogSchemaTableName("lake", "shop", "t" + TABLE);
    private final List<ColumnSchema> fileBasedColumns = columnNames().stream()
            .map(name -> ColumnSchema.builder().setName(name).setType(VarcharType.VARCHAR).build())
            .toList();

    @Benchmark
    public TableDecision policies() {
        return evaluator.decide(snapshot, subject, table, columns);
    }

    /// Its masks alone; its filter would come on top.
    @Benchmark
    public Map<ColumnSchema, ViewExpression> fileBasedAccessControl() {
        return fileBased.getColumnMasks(context, fileBasedTable, fileBasedColumns);
    }

    private static PolicySnapshot snapshot() {
        List<LayeredObject> objects = new ArrayList<>();
        List<KnownTable> tables = new ArrayList<>();
        List<KeyReference> keys = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            addTable(i, objects, tables, keys);
        }
        add(objects, new User("alice", Optional.empty(), ImmutableList.of(new Membership("analysts", Optional.empty())),
                ImmutableMap.of("region", ImmutableList.of(new AttributeValue("EUROPE", Optional.empty())))));
        return PolicySnapshot.compile(SnapshotSource.of(1, UUID.randomUUID(), objects, tables, keys, ImmutableMap.of()),
                new PolicyCompiler(),
                Optional.empty());
    }

    private static void addTable(int number, List<LayeredObject> objects, List<KnownTable> tables, List<KeyReference> keys) {
        ObjectName name = tableName(number);
        UUID id = UUID.randomUUID();
        String tag = "PII.T" + number;
        ImmutableMap.Builder<String, KnownColumn> known = ImmutableMap.builder();
        ImmutableMap.Builder<String, ColumnDescription> described = ImmutableMap.builder();
        for (String column : columnNames()) {
            known.put(column, new KnownColumn(UUID.randomUUID(), column, "varchar"));
            boolean masked = Integer.parseInt(column.substring(1)) < MASKED_COLUMNS;
            described.put(column, new ColumnDescription(masked ? ImmutableSet.of(tag) : ImmutableSet.of()));
        }
        tables.add(new KnownTable(id, name, known.buildOrThrow()));
        keys.add(new KeyReference(UUID.randomUUID(), id, KeyFamily.HASH, 1, KeyReference.KeyState.PRIMARY));
        add(objects, new DataSource(name, Optional.empty(), Principals.NONE, ImmutableSet.of(), ImmutableList.of(), Optional.empty(), false,
                Optional.empty(), described.buildOrThrow(), Optional.empty()));
        ObjectSelector selector = new ObjectSelector(ImmutableSet.of(), ImmutableSet.of(name), false);
        addPolicy(objects, "read-" + number,
                new Policy.Access(selector, new Policy.AccessRule.Grant(Policy.Level.READ, "in_any_group('analysts')")));
        addPolicy(objects, "filter-" + number,
                new Policy.RowFilter(selector,
                        new Policy.RowRule.Matches(Optional.of("region"), new Policy.ColumnReference.ByName("c99"))));
        ColumnSelector tagged = new ColumnSelector(ImmutableSet.of(), Optional.empty(), ImmutableSet.of(tag), ImmutableSet.of(),
                ImmutableSet.of(),
                Optional.empty());
        addPolicy(objects, "mask-" + number,
                new Policy.Masking(tagged, ImmutableList.of(new Policy.MaskRule(Optional.empty(), new Mask.Hash())), Optional.empty(), 0));
    }

    private static void addPolicy(List<LayeredObject> objects, String name, Policy.Body body) {
        add(objects, new Policy(name, Optional.empty(), Policy.State.ACTIVE, Optional.empty(), body));
    }

    private static void add(List<LayeredObject> objects, PolicyObject object) {
        objects.add(new LayeredObject(Layer.BUNDLE, object));
    }

    private static SystemAccessControl fileBased() {
        StringJoiner masks = new StringJoiner(", ");
        for (int column = 0; column < MASKED_COLUMNS; column++) {
            masks.add("""
                    {"name": "c%s", "mask": "'x'"}""".formatted(column));
        }
        StringJoiner rules = new StringJoiner(", ", "{\"tables\": [", "]}");
        for (int i = 0; i < TABLES; i++) {
            rules.add(
                    """
                            {"catalog": "lake", "schema": "shop", "table": "t%s", "privileges": ["SELECT"], "filter": "c99 = 'EUROPE'", "columns": [%s]}"""
                            .formatted(i, masks));
        }
        try {
            Path file = Files.createTempFile("rules-", ".json");
            Files.writeString(file, rules.toString());
            return new FileBasedSystemAccessControl.Factory().create(ImmutableMap.of("security.config-file", file.toString()),
                    new BenchmarkContext());
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class BenchmarkContext implements SystemAccessControlContext {
        @Override
        public String getVersion() {
            return "483";
        }

        @Override
        public OpenTelemetry getOpenTelemetry() {
            return OpenTelemetry.noop();
        }

        @Override
        public Tracer getTracer() {
            return getOpenTelemetry().getTracer("benchmark");
        }
    }

    private static ObjectName tableName(int number) {
        return ObjectName.ofTable("lake", "shop", "t" + number);
    }

    private static List<String> columnNames() {
        ImmutableList.Builder<String> names = ImmutableList.builder();
        for (int i = 0; i < COLUMNS; i++) {
            names.add("c" + i);
        }
        return names.build();
    }
}
