package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Sets;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.Node;
import io.github.trinopolicy.bundle.TreeReader;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.RowScope;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TrinoSql;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.trino.plugin.base.security.FileBasedSystemAccessControl;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemAccessControlFactory.SystemAccessControlContext;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.ViewExpression;
import io.trino.spi.type.Type;
import io.trino.sql.parser.SqlParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Trino's own file-based access control and ours over the migrated bundle answer the same requests: ours never allows more, and where it
/// allows less, the list of what was not carried over names a rule for the object.
@TestInstance(PER_CLASS)
class TestFileRulesMigration {
    private static final long SEED = new Random().nextLong();
    private static final int REQUESTS = 1_000;

    private static final List<String> CATALOGS = List.of("lake", "hive", "mysql", "postgres", "postgresql", "default", "other");
    private static final List<String> SCHEMAS = List.of("shop", "hr", "sales", "raw", "default");
    private static final List<String> TABLES = List.of("orders", "customer", "employee", "salary", "secret", "sales_2024", "sales_2025",
            "audit_log");
    private static final List<String> COLUMNS = List.of("id", "name", "ssn", "salary", "email", "phone", "region", "address", "user",
            "credit_card");
    private static final List<String> USERS = List.of("alice", "bob", "carol", "dave", "guest", "banned_user", "admin", "admin_root",
            "svc_etl", "alixe", "aliZe", "Bob", "system_user", "o'hara", "zoe");
    private static final List<String> GROUPS = List.of("analysts", "finance", "human_resources", "governors", "contractors", "dev_1",
            "dev_22");

    private final PolicyTextParser parser = new PolicyTextParser();
    private final PartialEvaluator evaluator = new PartialEvaluator();

    private enum Operation {
        SELECT,
        INSERT,
        DELETE,
        UPDATE,
        CREATE_TABLE,
        DROP_TABLE,
        SHOW_TABLE,
        CREATE_SCHEMA,
        DROP_SCHEMA,
        SHOW_SCHEMA,
        SHOW_CATALOG;

        /// The original shows what a user might get a right on by any rule, ours what he has a right on.
        boolean isOnlyAboutNames() {
            return this == SHOW_SCHEMA || this == SHOW_CATALOG;
        }
    }

    private record Request(Identity identity, ObjectName table, Operation operation) {
        CatalogSchemaTableName trinoTable() {
            return new CatalogSchemaTableName(table.catalog(), table.schema().orElseThrow(), table.table().orElseThrow());
        }

        CatalogSchemaName trinoSchema() {
            return new CatalogSchemaName(table.catalog(), table.schema().orElseThrow());
        }
    }

    /// What happened in one example, so that no comparison is empty.
    private static final class Tally {
        private final Map<Operation, Integer> allowed = new EnumMap<>(Operation.class);
        private final Map<Operation, Integer> denied = new EnumMap<>(Operation.class);
        private int filters;
        private int masks;
        private int hidden;
        private int stricter;

        private void count(Operation operation, boolean isAllowed) {
            (isAllowed ? allowed : denied).merge(operation, 1, Integer::sum);
        }

        private void add(Tally other) {
            other.allowed.forEach((operation, count) -> allowed.merge(operation, count, Integer::sum));
            other.denied.forEach((operation, count) -> denied.merge(operation, count, Integer::sum));
            filters += other.filters;
            masks += other.masks;
            hidden += other.hidden;
            stricter += other.stricter;
        }

        @Override
        public String toString() {
            return "allowed %s, denied %s, filters %s, masks %s, hidden %s, stricter %s".formatted(allowed, denied, filters, masks, hidden,
                    stricter);
        }
    }

    @Test
    void testDecidesAlikeWithTables() throws Exception {
        Tally total = new Tally();
        Set<String> complete = new HashSet<>();
        int alike = 0;
        for (Path example : examples()) {
            Migrated migrated = migrate(example, Optional.of(listing()));
            Tally tally = compare(example, migrated, true);
            total.add(tally);
            alike += tally.stricter == 0 ? 1 : 0;
            if (migrated.complete()) {
                complete.add(name(example));
                assertThat(tally.stricter).as("%s is complete", name(example)).isZero();
            }
        }
        System.out.println("seed " + SEED + ", with tables: " + total + ", complete: " + complete);
        assertThat(total.allowed.keySet()).containsExactlyInAnyOrder(Operation.values());
        assertThat(total.denied.keySet()).containsExactlyInAnyOrder(Operation.values());
        assertThat(total.filters).isGreaterThan(50);
        assertThat(total.masks).isGreaterThan(50);
        assertThat(total.hidden).isGreaterThan(10);
        assertThat(complete).contains("own-order", "own-alternations", "own-filters", "own-filter-on-schema", "own-masks",
                "own-deny-in-schema", "own-group-and-user", "own-any-catalog", "own-read-only-catalog");
        assertThat(alike).isGreaterThan(20);
    }

    @Test
    void testNeverAllowsMoreWithoutTables() throws Exception {
        Tally total = new Tally();
        for (Path example : examples()) {
            Migrated migrated = migrate(example, Optional.empty());
            Tally tally = compare(example, migrated, false);
            total.add(tally);
            if (migrated.complete()) {
                assertThat(tally.stricter).as("%s is complete", name(example)).isZero();
            }
        }
        System.out.println("seed " + SEED + ", without tables: " + total);
        assertThat(total.stricter).isPositive();
        assertThat(total.allowed.get(Operation.SELECT)).isGreaterThan(1_000);
    }

    @Test
    void testThereAreEnoughExamples() throws Exception {
        assertThat(examples()).filteredOn(example -> name(example).startsWith("documented-")).hasSizeGreaterThanOrEqualTo(13);
        assertThat(examples()).filteredOn(example -> name(example).startsWith("own-")).hasSizeGreaterThanOrEqualTo(20);
    }

    private static List<Path> examples() throws URISyntaxException, IOException {
        Path directory = Path.of(TestFileRulesMigration.class.getResource("/migration/file-rules").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().collect(toImmutableList());
        }
    }

    private static String name(Path example) {
        return example.getFileName().toString().replace(".json", "");
    }

    private static TableListing listing() {
        ImmutableSet.Builder<ObjectName> tables = ImmutableSet.builder();
        CATALOGS.forEach(catalog -> SCHEMAS
                .forEach(schema -> TABLES.forEach(table -> tables.add(ObjectName.ofTable(catalog, schema, table)))));
        return new TableListing(tables.build(), ImmutableSetMultimap.of());
    }

    private static Migrated migrate(Path example, Optional<TableListing> listing) throws IOException {
        Migrated migrated = Migration.of(Format.FILE_RULES).withTables(listing.orElse(TableListing.NONE))
                .migrate(Files.readString(example));
        assertThat(new BundleReader().read(migrated.bundle())).extracting(document -> document.object())
                .containsExactlyElementsOf(migrated.documents());
        return migrated;
    }

    private Tally compare(Path example, Migrated migrated, boolean listed) throws IOException {
        String text = Files.readString(example);
        SystemAccessControl original = new FileBasedSystemAccessControl.Factory()
                .create(ImmutableMap.of("security.config-file", example.toString()), new TestingContext());
        TestingMigratedControl ours = new TestingMigratedControl(migrated.documents(), COLUMNS);
        Random random = new Random(SEED);
        Tally tally = new Tally();
        for (int i = 0; i < REQUESTS; i++) {
            Request request = request(random, text);
            String what = "%s, seed %s: %s".formatted(name(example), SEED, request);
            SystemSecurityContext theirQuery = new SystemSecurityContext(request.identity(), new QueryId("query"), Instant.EPOCH);
            SystemSecurityContext ourQuery = ours.query(request.identity());
            boolean allowedThere = isAllowed(original, theirQuery, request);
            boolean allowedHere = isAllowed(ours.accessControl, ourQuery, request);
            tally.count(request.operation(), allowedThere);
            assertThat(allowedThere || !allowedHere).as("allows more: " + what).isTrue();
            boolean stricter = allowedThere && !allowedHere && !request.operation().isOnlyAboutNames();
            if (allowedHere) {
                // Trino asks for the catalog first
                assertThat(ours.accessControl.canAccessCatalog(ourQuery, request.table().catalog())).as("catalog: " + what).isTrue();
            }
            if (allowedThere && allowedHere && request.operation() == Operation.SELECT) {
                boolean fewerRows = compareFilters(original, theirQuery, ours, ourQuery, request, what, tally);
                boolean fewerValues = compareColumns(original, theirQuery, ours, ourQuery, request, what, tally);
                stricter = fewerRows || fewerValues;
            }
            if (stricter) {
                tally.stricter++;
                assertThat(isListed(text, request, migrated, listed)).as("allows less and does not say so: %s%n%s", what, migrated.bundle())
                        .isTrue();
            }
        }
        original.shutdown();
        return tally;
    }

    /// Mostly names that the example speaks of.
    private static Request request(Random random, String text) {
        String user = pick(random, USERS, text);
        ImmutableSet.Builder<String> groups = ImmutableSet.builder();
        for (int i = random.nextInt(4); i > 0; i--) {
            groups.add(pick(random, GROUPS, text));
        }
        Identity identity = Identity.forUser(user).withGroups(groups.build())
                .withEnabledRoles(random.nextInt(10) == 0 ? ImmutableSet.of("admin") : ImmutableSet.of()).build();
        ObjectName table = ObjectName.ofTable(pick(random, CATALOGS, text), pick(random, SCHEMAS, text), pick(random, TABLES, text));
        Operation operation = random.nextInt(3) == 0 ? Operation.SELECT : Operation.values()[random.nextInt(Operation.values().length)];
        return new Request(identity, table, operation);
    }

    private static String pick(Random random, List<String> names, String text) {
        List<String> mentioned = names.stream().filter(text::contains).toList();
        List<String> from = mentioned.isEmpty() || random.nextInt(4) == 0 ? names : mentioned;
        return from.get(random.nextInt(from.size()));
    }

    private static boolean isAllowed(SystemAccessControl control, SystemSecurityContext context, Request request) {
        try {
            return switch (request.operation()) {
                case SELECT -> {
                    control.checkCanSelectFromColumns(context, request.trinoTable(), Optional.empty(), ImmutableSet.of());
                    yield true;
                }
                case INSERT -> {
                    control.checkCanInsertIntoTable(context, request.trinoTable(), Optional.empty());
                    yield true;
                }
                case DELETE -> {
                    control.checkCanDeleteFromTable(context, request.trinoTable(), Optional.empty());
                    yield true;
                }
                case UPDATE -> {
                    control.checkCanUpdateTableColumns(context, request.trinoTable(), Optional.empty(), ImmutableSet.of("name"));
                    yield true;
                }
                case CREATE_TABLE -> {
                    control.checkCanCreateTable(context, request.trinoTable(), ImmutableMap.of());
                    yield true;
                }
                case DROP_TABLE -> {
                    control.checkCanDropTable(context, request.trinoTable());
                    yield true;
                }
                case SHOW_TABLE -> {
                    SchemaTableName table = request.trinoTable().getSchemaTableName();
                    yield control.filterTables(context, request.table().catalog(), ImmutableSet.of(table)).contains(table);
                }
                case CREATE_SCHEMA -> {
                    control.checkCanCreateSchema(context, request.trinoSchema(), ImmutableMap.of());
                    yield true;
                }
                case DROP_SCHEMA -> {
                    control.checkCanDropSchema(context, request.trinoSchema());
                    yield true;
                }
                case SHOW_SCHEMA -> {
                    String schema = request.table().schema().orElseThrow();
                    yield control.filterSchemas(context, request.table().catalog(), ImmutableSet.of(schema)).contains(schema);
                }
                case SHOW_CATALOG -> {
                    String catalog = request.table().catalog();
                    yield control.filterCatalogs(context, ImmutableSet.of(catalog)).contains(catalog);
                }
            };
        }
        catch (AccessDeniedException _) {
            return false;
        }
    }

    /// True where ours hides more rows.
    private boolean compareFilters(SystemAccessControl original, SystemSecurityContext theirQuery, TestingMigratedControl ours,
            SystemSecurityContext ourQuery, Request request, String what, Tally tally) {
        // as Trino asks, so that our control knows the columns
        ours.accessControl.getColumnMasks(ourQuery, request.trinoTable(), columns());
        Set<String> expected = original.getRowFilters(theirQuery, request.trinoTable()).stream()
                .map(filter -> normalized(filter, request, true)).filter(filter -> !filter.equals("true")).collect(toImmutableSet());
        Set<String> actual = ours.accessControl.getRowFilters(ourQuery, request.trinoTable()).stream().map(ViewExpression::getExpression)
                .collect(toImmutableSet());
        assertThat(actual).as("row filters: " + what).containsAll(expected);
        tally.filters += expected.size();
        return !expected.containsAll(actual);
    }

    /// True where ours masks more.
    private boolean compareColumns(SystemAccessControl original, SystemSecurityContext theirQuery, TestingMigratedControl ours,
            SystemSecurityContext ourQuery, Request request, String what, Tally tally) {
        Map<String, String> actual = new TreeMap<>();
        ours.accessControl.getColumnMasks(ourQuery, request.trinoTable(), columns())
                .forEach((column, mask) -> actual.put(column.getName(), mask.getExpression()));
        Map<ColumnSchema, ViewExpression> masks = original.getColumnMasks(theirQuery, request.trinoTable(), columns());
        boolean stricter = false;
        for (ColumnSchema column : columns()) {
            Optional<String> mask = Optional.ofNullable(actual.get(column.getName()));
            if (isHidden(original, theirQuery, request, column)) {
                assertThat(mask).as("hidden column %s: %s", column.getName(), what).contains("null");
                tally.hidden++;
            }
            else if (masks.containsKey(column)) {
                String expected = normalized(masks.get(column), request, false);
                tally.masks++;
                assertThat(mask).as("masked column %s: %s", column.getName(), what).isPresent();
                if (!sameMask(mask.get(), expected)) {
                    stricter = true;
                    assertThat(mask).as("masked column %s: %s, expected %s", column.getName(), what, expected).contains("null");
                }
            }
            else {
                stricter |= mask.isPresent();
            }
        }
        return stricter;
    }

    private static boolean isHidden(SystemAccessControl original, SystemSecurityContext query, Request request, ColumnSchema column) {
        try {
            original.checkCanSelectFromColumns(query, request.trinoTable(), Optional.empty(), ImmutableSet.of(column.getName()));
            return false;
        }
        catch (AccessDeniedException _) {
            return true;
        }
    }

    private static boolean sameMask(String actual, String expected) {
        return actual.equals(expected) || actual.equals("TRY(policy.masking.may_fail(CAST(%s AS varchar)))".formatted(expected));
    }

    /// The original's expression as ours would be written, with the names of users filled in.
    private String normalized(ViewExpression expression, Request request, boolean filter) {
        String user = expression.getSecurityIdentity().orElse(request.identity().getUser());
        PolicyText text;
        try {
            text = parser.parse(expression.getExpression(), PolicyTextParser.Scope.ROW);
        }
        catch (PolicyTextException _) {
            return "what a policy cannot say";
        }
        Subject subject = new Subject(user, ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(), Optional.empty(),
                Instant.EPOCH);
        if (filter) {
            return TrinoSql.rowFilter("policy", evaluator.evaluate(text, subject, new TestingColumns()).expression(), text.total());
        }
        return switch (new ForeignMask(expression.getExpression()).kind()) {
            case "null" -> "null";
            case "text" -> TrinoSql.format(evaluator.literal(new ForeignMask(expression.getExpression()).text(), VARCHAR).orElseThrow());
            default -> TestingMigratedControl.CUSTOM_COMPILES
                    ? TrinoSql.format(evaluator.evaluate(text, subject, new TestingColumns()).expression())
                    : TrinoSql.format(evaluator.literal(migratedText(expression), VARCHAR).orElseThrow());
        };
    }

    /// What the migrated document holds: the name of the evaluating user is written out.
    private static String migratedText(ViewExpression expression) {
        return expression.getSecurityIdentity()
                .filter(_ -> expression.getExpression().toLowerCase(ENGLISH).contains("current_user"))
                .map(user -> TrinoSql.format(new SqlParser().createExpression(
                        expression.getExpression().replace("current_user", "'" + user.replace("'", "''") + "'"))))
                .orElse(expression.getExpression());
    }

    /// The simple masks of the examples.
    private record ForeignMask(String expression) {
        String kind() {
            if (expression.equals("NULL") || expression.equals("CAST(NULL AS varchar)")) {
                return "null";
            }
            return expression.matches("'[^']*'") ? "text" : "other";
        }

        String text() {
            return expression.substring(1, expression.length() - 1);
        }
    }

    private static List<ColumnSchema> columns() {
        return COLUMNS.stream().map(name -> ColumnSchema.builder().setName(name).setType(VARCHAR).build()).collect(toImmutableList());
    }

    /// True when the list names a rule that may be for the object, or something in it.
    private static boolean isListed(String text, Request request, Migrated migrated, boolean tablesListed) {
        Node root = TreeReader.readJson(text);
        List<Set<Integer>> rules = new ArrayList<>();
        rules.add(ImmutableSet.of(1));
        int end = (int) text.lines().count();
        for (Node.Entry section : ((Node.Mapping) root).entries()) {
            List<Node> items = ((Node.Sequence) section.value()).items();
            for (int i = 0; i < items.size(); i++) {
                int first = items.get(i).position().orElseThrow().line();
                int last = i + 1 < items.size() ? items.get(i + 1).position().orElseThrow().line() - 1 : end;
                if (mayMean((Node.Mapping) items.get(i), request.table(), tablesListed)) {
                    rules.add(Stream.iterate(first, line -> line + 1).limit(Math.max(1, last - first + 1)).collect(toImmutableSet()));
                }
            }
        }
        Set<Integer> listed = migrated.unmigrated().stream().map(remark -> remark.position().line()).collect(toImmutableSet());
        return rules.stream().anyMatch(lines -> !Sets.intersection(lines, listed).isEmpty());
    }

    /// Where tables are not listed, a rule for a table that may be anywhere in a catalog concerns all of it.
    private static boolean mayMean(Node.Mapping rule, ObjectName table, boolean tablesListed) {
        return matches(rule, "catalog", table.catalog()) && (!tablesListed
                || (matches(rule, "schema", table.schema().orElseThrow()) && matches(rule, "table", table.table().orElseThrow())));
    }

    private static boolean matches(Node.Mapping rule, String key, String name) {
        return rule.entries().stream().filter(entry -> entry.key().text().equals(key))
                .allMatch(entry -> Pattern.matches(((Node.Scalar) entry.value()).text(), name));
    }

    private static final class TestingColumns implements RowScope {
        @Override
        public Optional<Type> type(String column) {
            return Optional.of(VARCHAR);
        }

        @Override
        public List<String> columnsTagged(String tag) {
            return ImmutableList.of();
        }

        @Override
        public Optional<String> maskedColumn() {
            return Optional.empty();
        }
    }

    private static final class TestingContext implements SystemAccessControlContext {
        @Override
        public String getVersion() {
            return "test";
        }

        @Override
        public OpenTelemetry getOpenTelemetry() {
            return OpenTelemetry.noop();
        }

        @Override
        public Tracer getTracer() {
            return OpenTelemetry.noop().getTracer("test");
        }
    }
}
