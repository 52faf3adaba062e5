package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Columns and tables that nobody has approved yet.
@TestInstance(PER_CLASS)
@DisplayName("Invariant 4: what is not described yet is masked")
class TestUndescribedColumns {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        for (String schema : ImmutableList.of("strict", "tagged", "open")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.strict.person (id integer, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.strict.person VALUES (1, 'ann')");
        server.execute(PIPELINE, "CREATE TABLE memory.strict.partly (id integer, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.strict.partly VALUES (1, 'ann')");
        server.apply("""
                kind: Tag
                name: Harmless
                ---
                kind: Tag
                name: Secret
                ---
                kind: Group
                name: readers
                ---
                kind: Group
                name: stewards
                ---
                kind: User
                name: alice
                groups: [readers]
                ---
                kind: User
                name: dana
                groups: [readers, stewards]
                ---
                kind: User
                name: olga
                groups: [readers]
                ---
                kind: DataSource
                name: memory.strict
                owners: {groups: [stewards]}
                ---
                kind: DataSource
                name: memory.tagged
                owners: {groups: [stewards]}
                new_columns: tagged-only
                ---
                kind: DataSource
                name: memory.open
                owners: {groups: [stewards]}
                new_columns: allow
                ---
                kind: DataSource
                name: memory.strict.person
                approve_columns: all
                ---
                kind: DataSource
                name: memory.strict.partly
                columns: {id: {}}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('readers')"}
                ---
                kind: Policy
                name: own
                type: access
                applies_to: {all: true}
                grant: {level: own, to: "current_user = 'olga'"}
                ---
                kind: Policy
                name: hide-secrets
                type: mask
                columns: {tags: [Secret]}
                mask: {type: constant, value: hidden}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testOnlyNamedColumnsAreApproved() {
        assertThat(server.rows("alice", "TABLE memory.strict.partly")).containsExactly(row(1, null));
        assertThat(server.rows("olga", "TABLE memory.strict.partly")).containsExactly(row(1, "ann"));
    }

    @Test
    void testAddedColumnIsNullUntilApprovedByAnOwner() {
        assertThat(server.rows("alice", "TABLE memory.strict.person")).containsExactly(row(1, "ann"));
        server.execute(PIPELINE, "ALTER TABLE memory.strict.person ADD COLUMN phone varchar");
        server.execute(PIPELINE, "INSERT INTO memory.strict.person VALUES (2, 'ben', '555')");
        String table = "SELECT id, name, phone FROM memory.strict.person ORDER BY id";
        assertThat(server.rows("alice", table)).containsExactly(row(1, "ann", null), row(2, "ben", null));
        assertThat(server.column("alice", "SELECT id FROM memory.strict.person WHERE phone = '555'")).isEmpty();
        // stewardship gives no raw data, the level 'own' does
        assertThat(server.rows("dana", table)).containsExactly(row(1, "ann", null), row(2, "ben", null));
        assertThat(server.rows("olga", table)).containsExactly(row(1, "ann", null), row(2, "ben", "555"));

        String approve = "CALL policy.admin.approve_column('memory.strict.person', 'phone')";
        for (String user : ImmutableList.of("alice", "olga", "mallory", PIPELINE)) {
            server.assertRefused(user, approve,
                    ("Access Denied: Cannot approve a column of memory.strict.person: %s is not an administrator "
                            + "or an owner of the data source").formatted(user));
        }
        assertThat(server.column("alice", "SELECT phone FROM memory.strict.person")).containsOnlyNulls();
        server.execute("dana", approve);
        assertThat(server.rows("alice", table)).containsExactly(row(1, "ann", null), row(2, "ben", "555"));
    }

    @Test
    void testRetypedColumnIsNullUntilApproved() {
        // the memory connector cannot change a type; what counts is that name and type are other than approved
        server.execute(PIPELINE, "CREATE TABLE memory.strict.retyped (id integer, code integer)");
        server.execute(PIPELINE, "INSERT INTO memory.strict.retyped VALUES (1, 7)");
        server.apply("{kind: DataSource, name: memory.strict.retyped, approve_columns: all}");
        assertThat(server.rows("alice", "TABLE memory.strict.retyped")).containsExactly(row(1, 7));

        server.execute(PIPELINE, "DROP TABLE memory.strict.retyped");
        server.execute(PIPELINE, "CREATE TABLE memory.strict.retyped (id integer, code varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.strict.retyped VALUES (1, 'seven')");
        assertThat(server.rows("alice", "TABLE memory.strict.retyped")).containsExactly(row(1, null));
        server.execute(GOVERNOR, "CALL policy.admin.approve_column('memory.strict.retyped', 'CODE')");
        assertThat(server.rows("alice", "TABLE memory.strict.retyped")).containsExactly(row(1, "seven"));
    }

    @Test
    void testRenamedColumnStaysApproved() {
        server.execute(PIPELINE, "CREATE TABLE memory.strict.renamed (id integer, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.strict.renamed VALUES (1, 'ann')");
        server.apply("{kind: DataSource, name: memory.strict.renamed, approve_columns: all}");
        server.execute("olga", "ALTER TABLE memory.strict.renamed RENAME COLUMN name TO label");
        // whoever renames waits with his next statement until everything has followed
        server.execute("olga", "SELECT 1");
        assertThat(server.rows("alice", "SELECT id, label FROM memory.strict.renamed")).containsExactly(row(1, "ann"));
    }

    @Test
    void testNewTableInGovernedSchemaIsGovernedFromItsFirstSecond() {
        server.execute(PIPELINE, "CREATE TABLE memory.strict.fresh AS SELECT 1 AS id, 'ann' AS name");
        assertThat(server.rows("alice", "TABLE memory.strict.fresh")).containsExactly(row(null, null));
        assertThat(server.failure("mallory", "TABLE memory.strict.fresh")).startsWith("Access Denied: Cannot select from columns");
        server.execute("dana", "CALL policy.admin.approve_column('memory.strict.fresh', 'id')");
        assertThat(server.rows("alice", "TABLE memory.strict.fresh")).containsExactly(row(1, null));
    }

    @Test
    void testNewColumnsTaggedOnly() {
        server.execute(PIPELINE, "CREATE TABLE memory.tagged.fresh AS SELECT 1 AS id, 'ann' AS name, 'x' AS code");
        assertThat(server.rows("alice", "TABLE memory.tagged.fresh")).containsExactly(row(null, null, null));
        server.execute("dana", "CALL policy.admin.add_tag('memory.tagged.fresh.id', 'Harmless')");
        assertThat(server.rows("alice", "TABLE memory.tagged.fresh")).containsExactly(row(1, null, null));
    }

    @Test
    void testNewColumnsAllowed() {
        server.execute(PIPELINE, "CREATE TABLE memory.open.fresh (id integer, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.open.fresh VALUES (1, 'ann')");
        assertThat(server.rows("alice", "TABLE memory.open.fresh")).containsExactly(row(1, "ann"));
        // policies apply nonetheless
        server.execute(GOVERNOR, "CALL policy.admin.add_tag('memory.open.fresh.name', 'Secret')");
        assertThat(server.rows("alice", "TABLE memory.open.fresh")).containsExactly(row(1, "hidden"));
    }

    @Test
    void testTheTableOverridesItsSchema() {
        server.execute(PIPELINE, "CREATE TABLE memory.open.guarded AS SELECT 1 AS id");
        server.apply("{kind: DataSource, name: memory.open.guarded, new_columns: mask}");
        assertThat(server.rows("alice", "TABLE memory.open.guarded")).containsExactly(row((Object) null));
    }

    @Test
    void testApproveColumnArguments() {
        server.assertRefused("dana", "CALL policy.admin.approve_column('memory.strict.person', 'nme')",
                "table 'memory.strict.person' has no column 'nme' (did you mean 'name'?)");
        server.assertRefused("dana", "CALL policy.admin.approve_column('memory.strict.missing', 'id')",
                "table 'memory.strict.missing' does not exist");
        server.assertRefused("dana", "CALL policy.admin.approve_column('memory.strict', 'id')",
                "'memory.strict' is no table: write catalog.schema.table");
        server.assertRefused(GOVERNOR, "CALL policy.admin.approve_column('memory.default.any', 'id')",
                "'memory.default.any' is not registered: CALL policy.admin.register");
        server.assertRefused("dana", "CALL policy.admin.approve_column('memory.strict.person', NULL)",
                "Argument column_name must not be NULL");
        assertThat(server.failure("dana", "CALL policy.admin.approve_column('memory.strict.person')"))
                .contains("Required procedure argument 'COLUMN_NAME' is missing");
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
