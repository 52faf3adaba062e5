package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Seeing before doing, and undoing: `plan`, `export`, `restore`, staged bundles, and the calls that take back.
@TestInstance(PER_CLASS)
class TestRevisions {
    private static final String BUNDLE = """
            kind: Tag
            name: PII.Email
            ---
            kind: Attribute
            name: region
            ---
            kind: Group
            name: analysts
            ---
            kind: User
            name: alice
            groups: [analysts]
            attributes: {region: [EUROPE]}
            ---
            kind: DataSource
            name: memory.shop
            ---
            kind: DataSource
            name: memory.shop.customer
            columns: {id: {}, email: {tags: [PII.Email]}, region: {}}
            ---
            kind: Policy
            name: read
            type: access
            applies_to: {data_sources: [memory.shop]}
            grant: {level: read, to: "in_any_group('analysts')"}
            ---
            kind: Policy
            name: own-region
            type: row-filter
            applies_to: {data_sources: [memory.shop.customer]}
            matches: {attribute: region, column: {name: region}}
            ---
            kind: Policy
            name: hide-email
            type: mask
            columns: {tags: [PII.Email]}
            mask: {type: 'null'}
            """;

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, email varchar, region varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, 'ann@x.org', 'EUROPE'), (2, 'ben@x.org', 'ASIA')");
    }

    @BeforeEach
    void applyBundle() {
        server.execute(GOVERNOR, "CALL policy.admin.restore(0)");
        server.apply(BUNDLE);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testPlanShowsTheDifferenceAndChangesNothing() {
        String changed = BUNDLE.replace("region: [EUROPE]", "region: [ASIA]").replace("name: hide-email", "name: hide-mail");
        long version = server.version();
        List<List<@Nullable Object>> plan = server.rows(GOVERNOR,
                "SELECT action, kind, name FROM TABLE(policy.admin.plan(%s))".formatted(literal(changed)));
        assertThat(plan).containsExactlyInAnyOrder(List.of("change", "User", "alice"), List.of("create", "Policy", "hide-mail"));
        assertThat(server.value(AUDITOR, "SELECT detail FROM TABLE(policy.admin.plan(%s)) WHERE kind = 'User'".formatted(literal(changed))))
                .asString().contains("- ", "EUROPE", "+ ", "ASIA");
        assertThat(server.version()).isEqualTo(version);
        assertThat(server.rows(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan(%s))".formatted(literal(BUNDLE)))).isEmpty();
    }

    @Test
    void testPlanNamesWhatIsWrong() {
        assertThat(server.failure(GOVERNOR, "SELECT * FROM TABLE(policy.admin.plan(%s))".formatted(literal("kind: Tga\nname: x"))))
                .contains("line 1, column 7").contains("did you mean 'Tag'?");
    }

    @Test
    void testPlanAndExportAreForAdministratorsAndAuditors() {
        assertThat(server.failure("alice", "SELECT * FROM TABLE(policy.admin.plan('kind: Tag'))"))
                .contains("alice is not an administrator or auditor");
        assertThat(server.failure("alice", "SELECT * FROM TABLE(policy.admin.export())"))
                .contains("alice is not an administrator or auditor");
        assertThat(server.rows("alice", "SELECT * FROM policy.metadata.policy_revisions")).isEmpty();
    }

    @Test
    void testExportAppliedAgainChangesNothing() {
        String exported = String.join("\n---\n", export());
        long version = server.version();
        server.apply(exported);
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testRestoreGivesTheSameExport() {
        List<@Nullable Object> before = server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export())");
        long version = server.version();
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('alice', 'region', 'ASIA', NULL)");
        server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'hide-email')");
        server.apply("{kind: Tag, name: Later}");
        assertThat(emails()).containsExactlyInAnyOrder("ann@x.org", "ben@x.org");

        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(version));
        assertThat(server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export())")).isEqualTo(before);
        assertThat(emails()).containsExactly((Object) null);
        // and the source still owns its objects
        server.apply(BUNDLE);
        assertThat(server.value(AUDITOR, "SELECT max_by(action, version) FROM policy.metadata.policy_revisions")).isEqualTo("restore");
    }

    @Test
    void testRestoreRefusesWhatIsNotThere() {
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.restore(1000000)")).contains("there is no revision 1000000");
        assertThat(server.failure("alice", "CALL policy.admin.restore(1)")).contains("alice is not an administrator");
    }

    @Test
    void testRevisionsTellWhoDidWhat() {
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.add_group_member('analysts', 'carol')");
        assertThat(server.rows(AUDITOR, """
                SELECT author, action, kind, name FROM policy.metadata.policy_revisions ORDER BY version DESC LIMIT 1""")).containsExactly(
                List.of(ENTITLEMENT_ADMINISTRATOR, "add_group_member", "User", "carol"));
    }

    @Test
    void testStagedPartsAreAppliedAsOneVersion() {
        long before = server.version();
        int half = BUNDLE.indexOf("kind: Policy\nname: own-region");
        String changed = BUNDLE.replace("[EUROPE]", "[ASIA]");
        server.execute(GOVERNOR, "CALL policy.admin.stage('big', 2, %s)".formatted(literal(changed.substring(half - 2))));
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply_staged('big')")).contains("part 1 of bundle 'big' is not staged");
        server.execute(GOVERNOR, "CALL policy.admin.stage('big', 1, %s)".formatted(literal(changed.substring(0, half - 2))));
        assertThat(server.version()).isEqualTo(before);
        server.execute(GOVERNOR, "CALL policy.admin.apply_staged(bundle_id => 'big', prune => false, source => NULL, reason => 'staged')");
        assertThat(server.version()).isEqualTo(before + 1);
        assertThat(server.column("alice", "SELECT id FROM memory.shop.customer")).containsExactly(2L);
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply_staged('big')")).contains("part 1 of bundle 'big' is not staged");
        assertThat(server.failure("alice", "CALL policy.admin.stage('big', 1, 'kind: Tag')")).contains("alice is not an administrator");
    }

    @Test
    void testCallsTakeBackWhatWasSaid() {
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('alice', 'region', 'ASIA', NULL)");
        assertThat(server.column("alice", "SELECT id FROM memory.shop.customer")).containsExactlyInAnyOrder(1L, 2L);
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.unset_attribute('alice', 'region', 'EUROPE')");
        assertThat(server.column("alice", "SELECT id FROM memory.shop.customer")).containsExactly(2L);
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.remove_group_member('analysts', 'alice')");
        assertThat(server.failure("alice", "SELECT id FROM memory.shop.customer")).contains("no policy lets alice read");
    }

    @Test
    void testRemovingIsForAdministratorsAndLeavesNoReferenceBehind() {
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.remove('Group', 'analysts')"))
                .contains("User 'alice' (not in this bundle): group 'analysts' is not declared");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.remove('Policy', 'no-such')")).contains("there is no Policy 'no-such'");
        assertThat(server.failure("alice", "CALL policy.admin.remove('Policy', 'read')")).contains("alice is not an administrator");
        assertThat(server.failure("alice", "CALL policy.admin.unregister('memory.shop')")).contains("alice is not an administrator");
        assertThat(server.failure("alice", "CALL policy.admin.remove_tag('memory.shop.customer.email', 'PII.Email')"))
                .contains("alice is not an administrator");
        server.execute(GOVERNOR, "CALL policy.admin.remove_tag('memory.shop.customer.email', 'PII.Email')");
        assertThat(emails()).containsExactly("ann@x.org");
    }

    @Test
    void testApplyingAgainApprovesNothingNew() {
        String all = BUNDLE.replace("columns: {id: {}, email", "approve_columns: all\ncolumns: {id: {}, email");
        server.apply(all);
        server.execute(PIPELINE, "ALTER TABLE memory.shop.customer ADD COLUMN salary bigint");
        long version = server.version();
        server.apply(all);
        assertThat(server.version()).isEqualTo(version);
        assertThat(server.column(AUDITOR, "SELECT column_name FROM policy.metadata.columns WHERE table_name = 'memory.shop.customer'"))
                .doesNotContain("salary");
    }

    @Test
    void testInvariant5ViewMadeThroughTrinoShowsTheAskersMasks() throws InterruptedException {
        server.execute(PIPELINE, "CREATE VIEW memory.shop.mails AS SELECT id, email FROM memory.shop.customer");
        for (int i = 0; i < 100 && server.rows(AUDITOR, approvedColumns("mails")).isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertThat(server.rows("alice", "SELECT id, email FROM memory.shop.mails")).containsExactly(Arrays.asList(1L, null));
        // the approval goes with the view: a table of its old name has none
        server.execute(PIPELINE, "ALTER VIEW memory.shop.mails RENAME TO memory.shop.letters");
        for (int i = 0; i < 100 && !server.rows(AUDITOR, approvedColumns("mails")).isEmpty(); i++) {
            Thread.sleep(100);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.shop.mails AS SELECT id, email FROM memory.shop.customer");
        assertThat(server.rows("alice", "SELECT id, email FROM memory.shop.mails")).containsOnly(Arrays.asList(null, null));
        server.execute(PIPELINE, "DROP TABLE memory.shop.mails");
        assertThat(server.rows("alice", "SELECT id, email FROM memory.shop.letters")).containsExactly(Arrays.asList(1L, null));
        server.execute(PIPELINE, "DROP VIEW memory.shop.letters");
        for (int i = 0; i < 100 && !server.rows(AUDITOR, approvedColumns("letters")).isEmpty(); i++) {
            Thread.sleep(100);
        }
        // a table of the name of the view starts with nothing approved
        server.execute(PIPELINE, "CREATE TABLE memory.shop.letters AS SELECT id, email FROM memory.shop.customer");
        assertThat(server.rows("alice", "SELECT id, email FROM memory.shop.letters")).containsOnly(Arrays.asList(null, null));
        server.execute(PIPELINE, "DROP TABLE memory.shop.letters");
    }

    @Test
    void testInvariant4ViewDroppedAtOnceLeavesNoApprovalBehind() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            server.execute(PIPELINE, "CREATE VIEW memory.shop.brief AS SELECT id, email FROM memory.shop.customer");
            server.execute(PIPELINE, "DROP VIEW memory.shop.brief");
        }
        // approvals are made one after the other, so this one tells that those before it are done
        server.execute(PIPELINE, "CREATE VIEW memory.shop.marker AS SELECT 1 AS id");
        for (int i = 0; i < 100 && server.rows(AUDITOR, approvedColumns("marker")).isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertThat(server.rows(AUDITOR, approvedColumns("marker"))).isNotEmpty();
        server.execute(PIPELINE, "CREATE TABLE memory.shop.brief AS SELECT id, email FROM memory.shop.customer");
        assertThat(server.rows("alice", "SELECT id, email FROM memory.shop.brief")).containsOnly(Arrays.asList(null, null));
        server.execute(PIPELINE, "DROP TABLE memory.shop.brief");
        server.execute(PIPELINE, "DROP VIEW memory.shop.marker");
    }

    private static String approvedColumns(String table) {
        return "SELECT column_name FROM policy.metadata.columns WHERE approved AND table_name = 'memory.shop.%s'".formatted(table);
    }

    private List<String> export() {
        return server.column(AUDITOR, "SELECT document FROM TABLE(policy.admin.export())").stream().map(String::valueOf).toList();
    }

    private List<@Nullable Object> emails() {
        return server.column("alice", "SELECT email FROM memory.shop.customer");
    }
}
