package io.github.trinopolicy.plugin;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static java.util.Locale.ENGLISH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.trino.jdbc.TrinoDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The worked examples of `docs/policies.md`: what is asked under them gets exactly what the page shows, and nothing that policies can say
/// is without an example.
@TestInstance(PER_CLASS)
class TestWorkedExamples {
    static final String HEADING = "\n## Worked examples\n";

    private static final String REFUSED = "Access Denied: ";
    private static final Path PAGE = Path.of("..", "docs", "policies.md");
    private static final Path REGENERATED = Path.of("target", "policies.md");
    private static final Splitter STATEMENTS = Splitter.on(Pattern.compile(";\n")).trimResults().omitEmptyStrings();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(yaml|sql|text)\n(.*?)^```$");
    private static final Pattern ASKER = Pattern.compile("-- (?<user>\\w+)( as (?<session>\\w+))?( in project (?<project>[\\w-]+))?\n");

    /// What policies cannot say yet, each with a policy that `apply` refuses for that.
    private static final Map<Class<?>, String> NOT_SUPPORTED_YET = ImmutableMap.<Class<?>, String>builder()
            .put(Mask.KAnonymity.class, "type: mask, mask: {type: k-anonymity}")
            .put(Mask.RandomizedResponse.class, "type: mask, mask: {type: randomized-response, epsilon: 2}")
            .buildOrThrow();

    private TestingPolicyServer server;
    private String examples;

    @BeforeAll
    void startServer() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEADING);
        assertThat(start).isPositive();
        int next = page.indexOf("\n## ", start + HEADING.length());
        examples = page.substring(start, next < 0 ? page.length() : next);
        server = TestingPolicyServer.start();
        server.runner().createCatalog("lake", "memory");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testResults() throws IOException, SQLException {
        List<Block> blocks = blocks();
        long base = 0;
        StringBuilder regenerated = new StringBuilder();
        int end = 0;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            Block following = i + 1 < blocks.size() ? blocks.get(i + 1) : new Block("", "", 0, 0);
            regenerated.append(examples, end, block.start());
            end = block.end();
            switch (block.language()) {
                case "yaml" -> {
                    if (base == 0) {
                        server.apply(block.text());
                        base = server.version();
                    }
                    else {
                        assertThat(following.language()).describedAs("after %s", block.text()).isEqualTo("sql");
                        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(base));
                        server.apply(block.text());
                    }
                    regenerated.append(block.text());
                }
                case "sql" -> {
                    String result = answers(block.text());
                    regenerated.append(block.text());
                    if (following.language().equals("text")) {
                        regenerated.append(examples, end, following.start()).append(result);
                        end = following.end();
                        i++;
                    }
                    else {
                        assertThat(base).describedAs("the result of %s is not shown", block.text()).isZero();
                    }
                }
                default -> throw new IllegalArgumentException("a result of nothing: " + block.text());
            }
        }
        regenerated.append(examples, end, examples.length());
        String page = Files.readString(PAGE).replace(examples, regenerated);
        Files.writeString(REGENERATED, page);
        assertThat(regenerated.toString()).as("%s is out of date: it should be as %s", PAGE, REGENERATED.toAbsolutePath())
                .isEqualTo(examples);
    }

    @Test
    void testNothingIsWithoutExample() throws ReflectiveOperationException {
        List<Policy> policies = blocks().stream().filter(block -> block.language().equals("yaml"))
                .flatMap(block -> new BundleReader().read(block.text()).stream()).map(BundleDocument::object)
                .filter(Policy.class::isInstance).map(Policy.class::cast).collect(toImmutableList());
        TestingModelTerms used = TestingModelTerms.used(policies);
        assertThat(TestingModelTerms.possible(Policy.class, NOT_SUPPORTED_YET.keySet()))
                .contains("Policy$RowRule$TimeWindow.newer=false", "ColumnSelector.not", "ColumnName.path", "Mask$Hash", "Policy$Level.OWN")
                .isSubsetOf(used.terms());

        List<String> functions = new ArrayList<>(ImmutableList.of("current_user"));
        TestingModelTerms.constants("io.github.trinopolicy.policy.PolicyFunction")
                .forEach(function -> functions.add(function.toLowerCase(ENGLISH) + "("));
        assertThat(functions).hasSizeGreaterThan(9)
                .allSatisfy(function -> assertThat(used.texts()).anyMatch(text -> text.contains(function)));
    }

    @Test
    void testWhatHasNoExampleIsNotSupported() {
        server.apply("{kind: Tag, name: Waiting}");
        NOT_SUPPORTED_YET.forEach((type, body) -> assertThat(
                server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(
                        literal("{kind: Policy, name: waiting, columns: {tags: [Waiting]}, %s}".formatted(body)))))
                .describedAs("%s works, so it needs a worked example", type).contains("not supported yet"));
    }

    /// What one gets who asks all of the statements: the first refusal, or the last answer.
    private String answers(String sql) throws SQLException {
        Matcher asker = ASKER.matcher(sql);
        checkArgument(asker.lookingAt(), "nobody asks: %s", sql);
        List<String> queries = new ArrayList<>(STATEMENTS.splitToList(sql.substring(asker.end()).replaceFirst(";\\s*$", "")));
        if (asker.group("session") != null) {
            queries.addFirst("SET SESSION AUTHORIZATION " + asker.group("session"));
        }
        String answer = "";
        try (Connection connection = connect(asker); Statement statement = connection.createStatement()) {
            for (String query : queries) {
                answer = answer(statement, query);
                if (answer.startsWith(REFUSED)) {
                    break;
                }
            }
        }
        return answer;
    }

    private Connection connect(Matcher asker) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", asker.group("user"));
        if (asker.group("project") != null) {
            properties.setProperty("extraCredentials", "policy.project:" + asker.group("project"));
        }
        return new TrinoDriver().connect("jdbc:trino://" + server.runner().getCoordinator().getBaseUrl().getAuthority(), properties);
    }

    private String answer(Statement statement, String query) throws SQLException {
        try {
            if (!statement.execute(query)) {
                return "done\n";
            }
            try (ResultSet result = statement.getResultSet()) {
                return TestingTextTable.of(result);
            }
        }
        catch (SQLException e) {
            String message = String.valueOf(e.getMessage()).replaceFirst("^Query failed \\(#\\w+\\): ", "");
            // Trino says where a function is named
            message = message.replaceFirst("^line \\d+:\\d+: (?=%s)".formatted(REFUSED), "");
            assertThat(message).describedAs(query).startsWith(REFUSED);
            return message + "\n";
        }
    }

    private List<Block> blocks() {
        return BLOCK.matcher(examples).results()
                .map(block -> new Block(block.group(1), block.group(2), block.start(2), block.end(2))).collect(toImmutableList());
    }

    private record Block(String language, String text, int start, int end) {}
}
