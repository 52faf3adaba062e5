package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.commandline.PolicyCommandLine;
import io.github.trinopolicy.commandline.ProgramEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The program `policy` against a server, by the driver that it has.
@TestInstance(PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TestCommandLine {
    private static final String NOTHING = "0 to create, 0 to change, 0 to remove, 0 columns to approve\n";

    @TempDir
    private Path directory;

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, email varchar)");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    private record Result(int exitCode, String out, String err) {}

    private Result run(String user, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        ProgramEnvironment environment = new ProgramEnvironment(InputStream.nullInputStream(), new PrintWriter(out), new PrintWriter(err),
                ImmutableSet.of(),
                ImmutableMap.of("TRINO_SERVER", server.runner().getCoordinator().getBaseUrl().toString(), "TRINO_USER", user),
                _ -> Optional.empty());
        int exitCode = PolicyCommandLine.execute(environment, arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    private Result apply(Path file, String source, String... more) {
        List<String> arguments = new ArrayList<>(List.of("apply", "--yes", "--source", source, "--reason", "it's for a test"));
        arguments.addAll(List.of(more));
        arguments.add(file.toString());
        return run(GOVERNOR, arguments.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    // first, while everything in the store is of one source
    @Order(1)
    @Test
    void testFromPlanToExport() throws IOException {
        Path bundle = directory.resolve("shop");
        write("shop/1-words.yaml", "kind: Tag\nname: Mail\n---\nkind: Group\nname: readers\n");
        Path policies = write("shop/2-policies.yaml", """
                kind: DataSource
                name: memory.shop.customer
                approve_columns: all
                columns: {email: {tags: [Mail]}}
                ---
                kind: Policy
                name: read-customers
                type: access
                applies_to: {data_sources: [memory.shop.customer]}
                grant: {level: read, to: "in_any_group('readers')"}
                """);
        write("shop/3.json", """
                {"kind": "Policy", "name": "hide-mail", "type": "mask", "columns": {"tags": ["Mail"]}, "mask": {"type": "null"}}
                {"kind": "User", "name": "ann", "groups": ["readers"], "description": "it's \\u00e4nn"}
                """);

        Result plan = run(AUDITOR, "plan", "--source", "shop", bundle.toString());
        assertThat(plan.out()).contains("+ create Tag Mail\n", "+ create Policy hide-mail\n", "    + name: ann\n",
                "* approve Column memory.shop.customer.id bigint\n")
                .endsWith("\n6 to create, 0 to change, 0 to remove, 2 columns to approve\n");
        assertThat(plan.exitCode()).isEqualTo(2);
        assertThat(plan.err()).isEmpty();

        Result applied = apply(bundle, "shop");
        assertThat(applied.out()).isEqualTo(plan.out());
        assertThat(applied.err()).isEqualTo("Applied; the policies are those of version %s now.\n".formatted(server.version()));
        assertThat(applied.exitCode()).isEqualTo(2);
        assertThat(server.rows(GOVERNOR, "SELECT DISTINCT author, source, reason FROM policy.metadata.policy_revisions WHERE version = %s"
                .formatted(server.version()))).containsExactly(List.of(GOVERNOR, "shop", "it's for a test"));
        assertThat(apply(bundle, "shop")).isEqualTo(new Result(0, NOTHING, ""));

        long version = server.version();
        Path open = write("open.yaml", """
                {kind: Policy, name: hide-mail, type: mask, columns: {tags: [Mail]}, mask: {type: hash}}
                """);
        Result impact = run(AUDITOR, "impact", open.toString());
        assertThat(impact.exitCode()).isEqualTo(2);
        assertThat(impact.out().lines()).anyMatch(line -> line.matches(".*ann +\\| memory.shop.customer \\| email +\\| null +\\| hash"));
        assertThat(run(AUDITOR, "impact", bundle.toString())).isEqualTo(new Result(0, "", "Nobody would see anything differently.\n"));
        // handed over in parts
        Path large = write("large.yaml", "# %s\n%s".formatted("x".repeat(600_000), Files.readString(open)));
        assertThat(run(GOVERNOR, "impact", large.toString()).out()).isEqualTo(impact.out());
        assertThat(server.version()).isEqualTo(version);

        Result explained = run(AUDITOR, "explain", "ann", "memory.shop.customer");
        assertThat(explained.exitCode()).isEqualTo(0);
        assertThat(explained.out().lines()).anyMatch(line -> line.matches("mask +\\| email +\\| hide-mail +\\| null .*"));
        assertThat(run(AUDITOR, "explain", "bob", "memory.shop.customer", "--groups", "readers", "--json").out())
                .contains("\"policy\" : \"hide-mail\"");

        // another source may not change it, and plan says so before apply does
        Result foreign = run(AUDITOR, "plan", "--source", "other", policies.toString());
        assertThat(foreign.exitCode()).isEqualTo(1);
        assertThat(foreign.err()).contains("%s:6:1: Policy 'read-customers' belongs to source 'shop'".formatted(policies));
        assertThat(apply(policies, "other").err()).isEqualTo(foreign.err());

        Path exported = directory.resolve("exported");
        assertThat(run(AUDITOR, "export", exported.toString()).exitCode()).isEqualTo(0);
        assertThat(exported.resolve("policies/hide-mail.yaml")).content().contains("name: hide-mail\n");
        version = server.version();
        assertThat(apply(exported, "shop")).isEqualTo(new Result(0, NOTHING, ""));
        assertThat(server.version()).isEqualTo(version);
        assertThat(run(AUDITOR, "export", "--force", exported.toString()).err()).contains(": 0 files written, 0 removed, ");

        // what the files no longer name
        Files.delete(directory.resolve("shop/3.json"));
        write("shop/4.yaml", "kind: User\nname: ben\n");
        Result pruning = run(AUDITOR, "plan", "--source", "shop", "--prune", bundle.toString());
        assertThat(pruning.out()).contains("- remove User ann\n", "- remove Policy hide-mail\n", "+ create User ben\n")
                .endsWith("\n1 to create, 0 to change, 2 to remove, 0 columns to approve\n");
        assertThat(run(AUDITOR, "plan", "--source", "shop", bundle.toString()).out()).doesNotContain("remove User");
        assertThat(apply(bundle, "shop", "--prune").out()).isEqualTo(pruning.out());
        assertThat(run(AUDITOR, "plan", "--source", "shop", "--prune", bundle.toString())).isEqualTo(new Result(0, NOTHING, ""));
    }

    @Test
    void testExportHoldsWhatCallsHaveSaid() throws IOException {
        assertThat(apply(write("callers.yaml", "kind: Group\nname: callers\n"), "callers").exitCode()).isEqualTo(2);
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('callers', 'zoe')");
        Path exported = directory.resolve("with-calls");
        assertThat(run(AUDITOR, "export", exported.toString()).exitCode()).isEqualTo(0);
        Path zoe = exported.resolve("users/zoe.yaml");
        assertThat(zoe).content().contains("groups: [callers]");
        // a bundle would now say it, too
        assertThat(run(AUDITOR, "plan", zoe.toString()).out()).startsWith("+ create User zoe\n");
        server.execute(GOVERNOR, "CALL policy.admin.remove('User', 'zoe')");
    }

    @Test
    void testLargeBundlesAreStaged() throws IOException {
        StringBuilder text = new StringBuilder("# " + "'".repeat(500_000) + "\n");
        for (int i = 0; i < 20; i++) {
            text.append("kind: Tag\nname: Large.T%s\ndescription: \"%s\"\n---\n".formatted(i, "it's \uD83D\uDE00 ".repeat(5_000)));
        }
        Path file = write("large.yaml", text.toString());
        assertThat(text.length()).isGreaterThan(1_000_000);
        Result plan = run(GOVERNOR, "plan", file.toString());
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out()).endsWith("\n20 to create, 0 to change, 0 to remove, 0 columns to approve\n");
        long version = server.version();
        assertThat(apply(file, "large").exitCode()).isEqualTo(2);
        assertThat(server.version()).isEqualTo(version + 1);
        assertThat(apply(file, "large")).isEqualTo(new Result(0, NOTHING, ""));

        Files.writeString(file, text + "kind: User\nname: u\ngroups: [nobody-declared-this]\n");
        Result refused = apply(file, "large");
        assertThat(refused.err()).contains("%s:84:10: User 'u': group 'nobody-declared-this' is not declared".formatted(file));
        // nothing is left behind, whatever came of it
        assertThat(server.database().query("SELECT author FROM policy.staged_part")).isEmpty();
        // only administrators hand over parts
        assertThat(run(AUDITOR, "plan", file.toString()).err())
                .isEqualTo(("error: Access Denied: Cannot stage a bundle: %s is not an administrator "
                        + "(policy.administrators) (POLICY-402); ask an administrator of the policies, or log in as another --user\n")
                        .formatted(AUDITOR));
    }

    @Test
    void testErrorsNameTheFile() throws IOException {
        write("wrong/a.yaml", "# a comment\nkind: Tag\nname: Fine\n");
        Path second = write("wrong/b.yaml", "---\nkind: User\nname: u\ngroups: [readesr]\n");
        long version = server.version();
        Result result = apply(directory.resolve("wrong"), "wrong");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("%s:4:10: User 'u': group 'readesr' is not declared".formatted(second)).hasLineCount(1);
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testRights() throws IOException {
        Path file = write("right.yaml", "kind: Tag\nname: Right\n");
        long version = server.version();
        for (String user : List.of("mallory", PIPELINE)) {
            for (String[] arguments : new String[][]{{"plan", file.toString()}, {"export", directory.resolve("stolen").toString()},
                    {"apply", "--yes", "--source=s", "--reason=r", file.toString()}}) {
                assertThat(run(user, arguments)).isEqualTo(new Result(1, "",
                        ("error: Access Denied: Cannot read all policies: %s is not an administrator "
                                + "or auditor (policy.administrators, policy.auditors) (POLICY-402); ask an administrator of the policies, or log in as another --user\n")
                                .formatted(user)));
            }
        }
        // an auditor sees the plan and stops there
        assertThat(run(AUDITOR, "apply", "--yes", "--source=s", "--reason=r", file.toString()).err())
                .startsWith("error: Access Denied: Cannot apply a bundle: auditor is not an administrator (policy.administrators)");
        assertThat(server.version()).isEqualTo(version);
        assertThat(directory.resolve("stolen")).doesNotExist();
    }

    @Test
    void testQuotesCannotLeaveTheirLiteral() {
        String table = "memory.shop.customer')) UNION SELECT '1','2','3','4','5','6' --";
        Result result = run(AUDITOR, "explain", "x', table_name => 'memory.shop.customer", table);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: table_name: ");
        assertThat(run(AUDITOR, "explain", "o'hara", "memory.shop.nothing").err()).doesNotContain("mismatched input");
    }

    @Test
    void testPlanTakesOneBundle() {
        server.assertRefused(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan(bundle => '{kind: Tag, name: A}', bundle_id => 'x'))",
                "Only one of the arguments bundle and bundle_id can be given");
        server.assertRefused(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan())", "Argument bundle must not be NULL");
        server.assertRefused(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan(bundle_id => 'x'))", "part 1 of bundle 'x' is not staged");
    }

    @Test
    void testStagedPartsBelongToTheirAuthor() {
        server.execute(GOVERNOR, "CALL policy.admin.stage('mine', 1, '{kind: Tag, name: Staged}')");
        server.assertRefused(AUDITOR, "SELECT * FROM TABLE(policy.admin.plan(bundle_id => 'mine'))",
                "part 1 of bundle 'mine' is not staged");
        server.assertRefused(AUDITOR, "CALL policy.admin.unstage('mine')",
                "Access Denied: Cannot unstage a bundle: auditor is not an administrator (policy.administrators)");
        assertThat(server.column(GOVERNOR, "SELECT name FROM TABLE(policy.admin.plan(bundle_id => 'mine'))")).containsExactly("Staged");
        server.execute(GOVERNOR, "CALL policy.admin.unstage('mine')");
        server.assertRefused(GOVERNOR, "CALL policy.admin.apply_staged('mine')", "part 1 of bundle 'mine' is not staged");
    }
}
