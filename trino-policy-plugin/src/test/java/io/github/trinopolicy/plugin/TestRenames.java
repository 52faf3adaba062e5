package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import io.trino.Session;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What is known and said of tables and columns follows the names that Trino gives them.
@TestInstance(PER_CLASS)
class TestRenames {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        for (String schema : ImmutableList.of("shop", "store", "free", "moved")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.apply("""
                kind: Tag
                name: Mail
                ---
                kind: Tag
                name: Place
                ---
                kind: Tag
                name: Regional
                ---
                kind: Tag
                name: Own
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
                kind: User
                name: olga
                groups: [analysts]
                attributes: {region: [EUROPE]}
                ---
                {kind: DataSource, name: memory.shop, tags: [Regional]}
                ---
                {kind: DataSource, name: memory.store}
                ---
                {kind: DataSource, name: memory.moved}
                ---
                {kind: DataSource, name: memory.moved2}
                ---
                {kind: DataSource, name: memory.free, new_columns: allow}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: own
                type: access
                applies_to: {all: true}
                grant: {level: own, to: "current_user = 'olga'"}
                ---
                kind: Policy
                name: hash-mail
                type: mask
                columns: {tags: [Mail]}
                mask: {type: hash}
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {tags: [Own]}
                matches: {attribute: region, column: {tag: Place}}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @DisplayName("A renamed table keeps its key, its approvals and its tags")
    void testTable() {
        String bundle = table("shop.person", "Own");
        Object hash = server.value("alice", "SELECT mail FROM memory.shop.person");
        assertThat(String.valueOf(hash)).matches("[0-9a-f]{64}");
        server.execute(PIPELINE, "ALTER TABLE memory.shop.person RENAME TO memory.shop.human");
        // closed for a moment, never open
        await("shop.human");
        assertThat(server.rows("alice", "TABLE memory.shop.human")).containsExactly(row(1L, hash, "EUROPE"));
        assertThat(server.rows("olga", "TABLE memory.shop.human")).containsExactly(row(1L, hash, "EUROPE"));
        assertThat(server.rows(AUDITOR, "SELECT DISTINCT author, reason FROM policy.metadata.policy_revisions WHERE action = 'rename' "
                + "AND source = 'memory.shop.person'")).singleElement()
                .satisfies(revision -> assertThat(revision).first().isEqualTo(PIPELINE))
                .satisfies(revision -> assertThat(String.valueOf(revision.get(1))).startsWith("renamed to memory.shop.human by query "));

        // a pipeline that applies its bundle once more takes nothing away
        long version = server.version();
        server.apply(bundle);
        assertThat(server.version()).isEqualTo(version);
        assertThat(server.rows("alice", "TABLE memory.shop.human")).containsExactly(row(1L, hash, "EUROPE"));
        assertThat(server.rows(GOVERNOR,
                "SELECT action, kind, name, detail FROM TABLE(policy.admin.plan(bundle => %s))".formatted(literal(bundle))))
                .contains(row("warn", "DataSource", "memory.shop.person",
                        "was renamed and is no more; what stands here stays with the old name, and what was said has followed to: "
                                + "memory.shop.human"));

        // neither does going back to before
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(version - 1));
        assertThat(server.rows("olga", "TABLE memory.shop.human")).containsExactly(row(1L, hash, "EUROPE"));

        // what has the old name now is something else
        server.execute(PIPELINE, "CREATE TABLE memory.shop.person AS SELECT bigint '7' AS id, 'ben' AS mail, 'EUROPE' AS place");
        assertThat(server.rows("alice", "SELECT id, mail FROM memory.shop.person")).containsExactly(row(null, null));
        assertThat(server.rows("alice", "TABLE memory.shop.human")).containsExactly(row(1L, hash, "EUROPE"));
    }

    @Test
    @DisplayName("Tags that a table inherits come along into another schema")
    void testOtherSchema() {
        server.execute(PIPELINE, "CREATE TABLE memory.shop.plain AS SELECT bigint '1' AS id");
        server.execute(PIPELINE, "ALTER TABLE memory.shop.plain RENAME TO memory.store.plain");
        await("store.plain");
        assertThat(server.rows(AUDITOR, "SELECT tags FROM policy.metadata.data_sources WHERE name = 'memory.store.plain'"))
                .containsExactly(row("Regional"));
    }

    @Test
    @DisplayName("Attack: names are swapped, and protection stays with the data")
    void testSwappedTables() {
        table("store.secret", "Own");
        server.execute(PIPELINE, "CREATE TABLE memory.store.open AS SELECT bigint '1' AS id, 'dull' AS mail, 'x' AS place");
        server.apply("{kind: DataSource, name: memory.store.open, approve_columns: all}");
        assertThat(server.rows("alice", "TABLE memory.store.open")).containsExactly(row(1L, "dull", "x"));
        server.execute(PIPELINE, "ALTER TABLE memory.store.open RENAME TO memory.store.tmp");
        server.execute(PIPELINE, "ALTER TABLE memory.store.secret RENAME TO memory.store.open");
        await("store.open");
        for (String user : ImmutableList.of("alice", "olga")) {
            assertThat(server.column(user, "SELECT mail FROM memory.store.open")).hasSize(1).doesNotContain("ann@x.org");
            assertThat(server.rows(user, "TABLE memory.store.tmp")).containsExactly(row(1L, "dull", "x"));
        }
    }

    @Test
    @DisplayName("A renamed column keeps its approval and its tags, also where new columns are shown")
    void testColumn() {
        for (String schema : ImmutableList.of("shop", "free")) {
            String name = "memory." + schema + ".columns";
            table(schema + ".columns", "Own");
            Object hash = server.value("alice", "SELECT mail FROM " + name);
            // nobody renames what is hidden from him
            assertThat(server.failure("olga", "ALTER TABLE %s RENAME COLUMN mail TO label".formatted(name)))
                    .contains("would not know them");
            Session prepared = sessionBuilder(PIPELINE)
                    .addPreparedStatement("rename", "ALTER TABLE %s RENAME COLUMN \"Mail\" TO Label".formatted(name)).build();
            server.execute(prepared, "EXECUTE rename");
            await(schema + ".columns");
            for (String user : ImmutableList.of("alice", "olga")) {
                assertThat(server.rows(user, "SELECT id, label FROM " + name)).containsExactly(row(1L, hash));
            }
            server.execute(PIPELINE, "EXECUTE IMMEDIATE 'ALTER TABLE %s RENAME COLUMN place TO region'".formatted(name));
            await(schema + ".columns");
            // the filter finds its column by the tag
            assertThat(server.rows("alice", "TABLE " + name)).containsExactly(row(1L, hash, "EUROPE"));
            // and back
            server.execute(PIPELINE, "ALTER TABLE %s RENAME COLUMN label TO mail".formatted(name));
            await(schema + ".columns");
            assertThat(server.rows("alice", "TABLE " + name)).containsExactly(row(1L, hash, "EUROPE"));
        }
    }

    @Test
    @DisplayName("Attack: another column takes the name of an approved one")
    void testReusedColumnName() {
        server.execute(PIPELINE, "CREATE TABLE memory.shop.reused (id bigint, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.reused VALUES (1, 'ann')");
        server.apply("{kind: DataSource, name: memory.shop.reused, approve_columns: all}");
        server.execute(PIPELINE, "ALTER TABLE memory.shop.reused ADD COLUMN salary varchar");
        server.execute(PIPELINE, "INSERT INTO memory.shop.reused VALUES (2, 'ben', '900')");
        server.execute("olga", "ALTER TABLE memory.shop.reused RENAME COLUMN name TO label");
        await("shop.reused");
        server.assertRefused("olga", "ALTER TABLE memory.shop.reused RENAME COLUMN salary TO name",
                "Access Denied: Cannot rename a column in table memory.shop.reused: memory.shop.reused had another column 'name', and time "
                        + "travel brings it back: what is known of the one would count for the other; choose another name");
        server.execute("olga", "ALTER TABLE memory.shop.reused ADD COLUMN name varchar");
        await("shop.reused");
        server.execute(PIPELINE, "INSERT INTO memory.shop.reused VALUES (3, 'cid', '950', '950')");
        assertThat(server.rows("alice", "SELECT id, label, salary, name FROM memory.shop.reused ORDER BY id"))
                .containsExactly(row(1L, "ann", null, null), row(2L, "ben", null, null), row(3L, "cid", null, null));
    }

    @Test
    @DisplayName("Renaming that fails, or does nothing, changes nothing")
    void testNothingIsRenamed() {
        table("shop.kept", "Own");
        long version = server.version();
        assertThat(server.failure(PIPELINE, "ALTER TABLE memory.shop.kept RENAME COLUMN mail TO place"))
                .contains("had another column 'place'");
        server.execute(PIPELINE, "ALTER TABLE memory.shop.kept RENAME COLUMN IF EXISTS ghost TO mail2");
        server.execute(PIPELINE, "ALTER TABLE IF EXISTS memory.shop.ghost RENAME TO memory.shop.kept2");
        assertThat(server.rows("alice", "SELECT id FROM memory.shop.kept")).containsExactly(row(1L));
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    @DisplayName("Everything in a renamed schema keeps what is known of it")
    void testSchema() {
        table("moved.person", "Own");
        server.execute(PIPELINE, "CREATE VIEW memory.moved.mails AS SELECT mail FROM memory.moved.person");
        Object hash = server.value("alice", "SELECT mail FROM memory.moved.person");
        server.execute(PIPELINE, "ALTER SCHEMA memory.moved RENAME TO moved2");
        await("moved2.person");
        for (String user : ImmutableList.of("alice", "olga")) {
            assertThat(server.rows(user, "TABLE memory.moved2.person")).containsExactly(row(1L, hash, "EUROPE"));
        }
        assertThat(server.column(AUDITOR, "SELECT DISTINCT table_name FROM policy.metadata.columns WHERE type IS NOT NULL "
                + "AND table_name LIKE 'memory.moved%'")).containsOnly("memory.moved2.person", "memory.moved2.mails");
    }

    @Test
    @DisplayName("Invariant 6: policies that know a table by its name are not left behind, not even by an exempt user")
    void testPoliciesByName() {
        table("shop.named", "Own");
        server.apply("""
                kind: Policy
                name: no-ids
                type: mask
                columns: {names: [memory.shop.named.id]}
                mask: {type: 'null'}
                """);
        assertThat(server.failure(PIPELINE, "ALTER TABLE memory.shop.named RENAME TO memory.shop.named2"))
                .contains("policies know memory.shop.named by its name, or by what holds it, and would not hold");
        assertThat(server.failure(PIPELINE, "ALTER TABLE memory.shop.named RENAME COLUMN id TO number"))
                .contains("policies know column 'id' of memory.shop.named by its name and would not hold");
        server.execute(PIPELINE, "ALTER TABLE memory.shop.named RENAME COLUMN mail TO label");
        server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'no-ids')");
    }

    private String table(String name, String tag) {
        server.execute(PIPELINE, "CREATE TABLE memory.%s (id bigint, mail varchar, place varchar)".formatted(name));
        server.execute(PIPELINE, "INSERT INTO memory.%s VALUES (1, 'ann@x.org', 'EUROPE'), (2, 'cid@x.org', 'ASIA')".formatted(name));
        String bundle = """
                kind: DataSource
                name: memory.%s
                tags: [%s]
                approve_columns: all
                columns: {mail: {tags: [Mail]}, place: {tags: [Place]}}
                """.formatted(name, tag);
        server.apply(bundle);
        return bundle;
    }

    /// Whoever renames waits with his next statement until everything has followed, others are refused meanwhile.
    private void await(String table) {
        server.execute(PIPELINE, "SELECT count(*) FROM memory." + table);
        server.execute("olga", "SELECT 1");
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
