package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static java.lang.Integer.MAX_VALUE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.Resources;
import io.github.trinopolicy.model.Kind;
import io.trino.testing.QueryFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Applies every example of the format's description, and everything that `docs/policies.md` shows.
@TestInstance(PER_CLASS)
class TestBundleFormat {
    private static final Splitter DOCUMENTS = Splitter.on(Pattern.compile("(?m)^---$")).trimResults().omitEmptyStrings();
    private static final Splitter STATEMENTS = Splitter.on(Pattern.compile(";[ ]*(--.*)?\n")).trimResults().omitEmptyStrings();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(yaml|sql)\n(.*?)^```$");

    /// What the examples use and do not declare.
    private static final String VOCABULARY = """
            {kind: Tag, name: Regional}
            ---
            {kind: Tag, name: Geo.Region}
            ---
            {kind: Tag, name: PII.Phone}
            ---
            {kind: Tag, name: Finance}
            ---
            {kind: Attribute, name: training}
            ---
            {kind: Attribute, name: clearance}
            ---
            {kind: Attribute, name: reveal}
            ---
            {kind: Attribute, name: unmask}
            ---
            {kind: Group, name: stewards}
            ---
            {kind: Group, name: project-x}
            ---
            {kind: Group, name: fraud-team}
            ---
            {kind: Group, name: auditors}
            ---
            {kind: Group, name: analysts}
            ---
            {kind: Group, name: support}
            ---
            {kind: Group, name: privacy-office}
            ---
            {kind: DataSource, name: lake.shop.orders, columns: {total: {}}}
            ---
            {kind: DataSource, name: lake.shop.employee, approve_columns: all}
            """;

    /// The examples that wait for what is not there yet, and what `apply` says of them.
    private static final Map<String, String> NOT_SUPPORTED_YET = ImmutableMap.<String, String>builder()
            .put("Classifier employee-number", "documents of this kind are not supported yet")
            .buildOrThrow();

    private static final Set<String> WAITING_KINDS = ImmutableSet.of("Classifier");

    private static final List<String> KINDS_FIRST = ImmutableList.of("Tag", "Attribute", "Group", "Purpose", "DataSource");

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.runner().createCatalog("lake", "memory");
        server.execute(GOVERNOR, "CREATE SCHEMA lake.shop");
        server.execute(GOVERNOR, """
                CREATE TABLE lake.shop.customer (customer_id bigint, created_at timestamp(3), email varchar, phone varchar, region varchar,
                    country varchar, balance double, vip boolean, address row(city varchar, geo row("Exact Place" varchar)),
                    phones array(row(number varchar, added date)), notes map(varchar, varchar))
                """);
        server.execute(GOVERNOR, "CREATE TABLE lake.shop.orders (order_id bigint, customer_id bigint, region varchar, total double)");
        server.execute(GOVERNOR, "CREATE TABLE lake.shop.employee (name varchar, country varchar, salary integer)");
        server.execute(GOVERNOR, "CREATE SCHEMA lake.sales");
    }

    @BeforeEach
    void forgetEverything() {
        server.execute(GOVERNOR, "CALL policy.admin.restore(0)");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testExamplesOfTheFormat() throws IOException {
        server.apply(VOCABULARY);
        List<String> documents = DOCUMENTS.splitToList(Resources.toString(Resources.getResource("bundle/example.yaml"), UTF_8));
        // each document must stand on its own, so what they speak of comes first
        List<String> ordered = ImmutableList.sortedCopyOf(comparingInt(document -> KINDS_FIRST.indexOf(kind(document)) & MAX_VALUE),
                documents);
        Map<String, String> refused = new TreeMap<>();
        Set<String> kinds = new TreeSet<>();
        for (String document : ordered) {
            kinds.add(kind(document));
            try {
                server.apply(document);
            }
            catch (QueryFailedException e) {
                refused.put(kind(document) + " " + name(document), String.valueOf(e.getMessage()));
            }
        }
        assertThat(kinds).hasSize(Kind.values().length);
        assertThat(refused.keySet()).isEqualTo(new TreeSet<>(NOT_SUPPORTED_YET.keySet()));
        refused.forEach((example, message) -> assertThat(message).contains(NOT_SUPPORTED_YET.get(example)));
        assertRoundTrip();
    }

    private static String kind(String document) {
        return match(document, "(?m)^kind: (\\w+)");
    }

    private static String name(String document) {
        return match(document, "(?m)^name: ([^# \n]+)");
    }

    private static String match(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).describedAs(text).isTrue();
        return matcher.group(1);
    }

    @Test
    void testSnippetsOfTheDocs() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "policies.md"));
        // each worked example stands alone, see TestWorkedExamples
        page = page.substring(0, page.indexOf(TestWorkedExamples.HEADING));
        server.apply(VOCABULARY);
        Matcher blocks = BLOCK.matcher(page);
        int yaml = 0;
        int sql = 0;
        while (blocks.find()) {
            String text = blocks.group(2);
            if (blocks.group(1).equals("yaml")) {
                applyOrWait(text);
                yaml++;
            }
            else {
                for (String statement : STATEMENTS.split(text)) {
                    run(statement);
                    sql++;
                }
            }
        }
        assertThat(yaml).isGreaterThan(5);
        assertThat(sql).isGreaterThan(5);
        for (Kind kind : Kind.values()) {
            assertThat(page).describedAs("section of kind %s", kind.documentName())
                    .containsPattern("(?m)^kind: " + kind.documentName() + "\\b");
        }
        assertRoundTrip();
    }

    /// What waits for what is not there yet has a block of its own, so that nothing else hides behind it.
    private void applyOrWait(String text) {
        if (DOCUMENTS.splitToStream(text).map(TestBundleFormat::kind).anyMatch(WAITING_KINDS::contains)) {
            assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(text)))).contains("not supported yet");
        }
        else {
            server.apply(text);
        }
    }

    private void run(String statement) {
        if (statement.contains("?")) {
            // prepared by a program
            return;
        }
        // who works in a project is a member of it; the page cannot know the version
        server.execute(statement.contains("_project(") ? "alice" : GOVERNOR,
                statement.replaceFirst(";$", "").replace("restore(12)", "restore(%s)".formatted(server.version())));
    }

    /// What is exported, applied to the same store and to an empty one, is the same.
    private void assertRoundTrip() {
        List<Object> exported = export();
        long version = server.version();
        String bundle = exported.stream().map(String::valueOf).collect(joining("---\n"));
        assertThat(server.rows(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan(%s)) WHERE action <> 'warn'".formatted(literal(bundle))))
                .isEmpty();
        server.execute(GOVERNOR, "CALL policy.admin.restore(0)");
        server.apply(bundle);
        assertThat(export()).isEqualTo(exported);
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(version));
        assertThat(export()).isEqualTo(exported);
    }

    private List<Object> export() {
        return server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export())").stream().map(Object.class::cast)
                .collect(toImmutableList());
    }
}
