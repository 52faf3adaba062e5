package io.github.trinopolicy.plugin;

import static com.google.common.base.Throwables.getCausalChain;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import io.trino.client.FailureException;
import io.trino.testing.QueryFailedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Names that break what is carelessly put together, in every place that takes one: each is kept as it is or refused with a sentence.
@TestInstance(PER_CLASS)
class TestHostileNames {
    private static final List<String> NAMES = ImmutableList.of("", " ", "'", "\"", "\\", "%", "--",
            "'; DROP TABLE policy.object; --", "\"; DROP SCHEMA policy CASCADE; --", "'); CALL policy.admin.restore(0); --",
            "${ENV:HOME}", "%s%n", "a.b.c.d.e", ".", "null", "---", "a: b", "&a", "a\nb", "a\u0000b", "\u202egnp", "e\u0301",
            "\ud83d\ude00", "I\u0307", "\uffff", "x".repeat(1_000), "x".repeat(1_001), "\u732b".repeat(1_000), "'".repeat(1_000));

    /// Calls in which `%s` is the name as a literal.
    private static final List<String> CALLS = ImmutableList.of(
            "CALL policy.admin.register(%s)",
            "CALL policy.admin.unregister(%s)",
            "CALL policy.admin.add_tag(%s, 'Known')",
            "CALL policy.admin.add_tag('memory.odd.t', %s)",
            "CALL policy.admin.add_tag('memory.odd.t.id', %s)",
            "CALL policy.admin.remove_tag('memory.odd.t', %s)",
            "CALL policy.admin.remove_tag(%s, 'Known')",
            "CALL policy.admin.approve_column(%s, 'id')",
            "CALL policy.admin.approve_column('memory.odd.t', %s)",
            "CALL policy.admin.set_attribute(%s, 'known', 'x', NULL)",
            "CALL policy.admin.set_attribute('somebody', %s, 'x', NULL)",
            "CALL policy.admin.set_attribute('somebody', 'known', %s, NULL)",
            "CALL policy.admin.set_attribute('somebody', 'known', 'x', %s)",
            "CALL policy.admin.unset_attribute(%s, 'known', NULL)",
            "CALL policy.admin.unset_attribute('somebody', %s, %1$s)",
            "CALL policy.admin.add_group_member(%s, 'somebody')",
            "CALL policy.admin.add_group_member('known', %s)",
            "CALL policy.admin.remove_group_member(%s, 'somebody')",
            "CALL policy.admin.remove_group_member('known', %s)",
            "CALL policy.admin.remove(%s, 'x')",
            "CALL policy.admin.remove('Policy', %s)",
            "CALL policy.admin.remove('DataSource', %s)",
            "CALL policy.admin.stage(%s, 1, 'kind: Tag')",
            "CALL policy.admin.apply_staged(%s)",
            "CALL policy.admin.apply(bundle => 'kind: Tag', source => %s)",
            "CALL policy.admin.apply('{kind: Group, name: g%2$s}', false, %s, %1$s)",
            "CALL policy.admin.apply(%s)",
            "SELECT count(*) FROM TABLE(policy.admin.plan(%s))",
            "SELECT count(*) FROM TABLE(policy.admin.explain(%s, 'memory.odd.t'))",
            "SELECT count(*) FROM TABLE(policy.admin.explain('somebody', %s))",
            "SELECT count(*) FROM TABLE(policy.admin.explain('somebody', 'memory.odd.t', groups => %s))",
            "SELECT count(*) FROM TABLE(policy.session.explain(%s))");

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(GOVERNOR, "CREATE SCHEMA memory.odd");
        server.execute(GOVERNOR, "CREATE TABLE memory.odd.t (id bigint)");
        server.apply("""
                {kind: Tag, name: Known}
                ---
                {kind: Attribute, name: known}
                ---
                {kind: Group, name: known}
                ---
                {kind: DataSource, name: memory.odd}
                ---
                {kind: DataSource, name: memory.odd.t, columns: {id: {}}}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testEachNameInEachCall() {
        List<String> broken = new ArrayList<>();
        int kept = 0;
        for (String call : CALLS) {
            for (String name : NAMES) {
                try {
                    server.execute(GOVERNOR, call.formatted(literal(name), kept));
                    kept++;
                }
                catch (QueryFailedException e) {
                    if (!isSentence(e)) {
                        broken.add("%s with %s: %s".formatted(call, abbreviated(name), e));
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(kept).isGreaterThan(CALLS.size());
        // nothing was lost, everything can be read back, and applying it changes nothing
        long version = server.version();
        String everything = server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export())").stream().map(String::valueOf)
                .collect(joining("---\n"));
        assertThat(everything).contains("name: Known", "name: memory.odd.t", "name: '''; DROP TABLE policy.object; --'");
        assertThat(server.rows(GOVERNOR, "SELECT action, name FROM TABLE(policy.admin.plan(%s)) WHERE action NOT IN ('create', 'warn')"
                .formatted(literal(everything)))).isEmpty();
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testUsersWithSuchNamesAreServed() {
        // what cannot be declared can still log in, and is told something
        // those that a HTTP header can carry
        for (String name : NAMES.stream().filter(name -> name.matches("[!-~]([ -~]*[!-~])?")).collect(toImmutableList())) {
            assertThat(server.failure(name, "SELECT * FROM memory.odd.t"))
                    .startsWith("Access Denied: Cannot select from columns [id] in table or view memory.odd.t: no policy lets ");
            assertThat(server.rows(name, "SELECT count(*) FROM TABLE(policy.session.explain('memory.odd.t'))")).hasSize(1);
        }
    }

    /// An error that blames the user and speaks of nothing internal.
    private static boolean isSentence(QueryFailedException failure) {
        boolean blamesUser = getCausalChain(failure).stream().filter(FailureException.class::isInstance)
                .anyMatch(cause -> ((FailureException) cause).getFailureInfo().getErrorInfo().getType().equals("USER_ERROR"));
        String message = String.valueOf(failure.getMessage());
        return blamesUser && message.length() > 10
                && !message.matches("(?s).*(Exception|SQLSTATE|ERROR:|psql|Internal|syntax error|Optional\\[).*");
    }

    private static String abbreviated(String name) {
        return name.length() > 40 ? name.substring(0, 40) + "... (" + name.length() + ")" : "'" + name + "'";
    }
}
