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

/// Materialized views, which keep a copy that Trino reads without asking about their base tables. Alice sees customers of Europe without
/// addresses, bob those of Asia with them. Alice and carol own the schema `kept`, bob and rita read it.
@TestInstance(PER_CLASS)
class TestMaterializedViews {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.runner().installPlugin(new TestingMaterializingPlugin());
        server.runner().createCatalog("archive", "materializing");
        for (String schema : ImmutableList.of("shop", "kept", "loose")) {
            server.execute(PIPELINE, "CREATE SCHEMA archive." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE archive.shop.customer AS SELECT * FROM (VALUES (1, VARCHAR 'ann@x.org', VARCHAR 'EUROPE'), "
                + "(2, VARCHAR 'ben@x.org', VARCHAR 'ASIA')) t(id, email, region)");
        server.apply(
                """
                        {kind: Attribute, name: region}
                        ---
                        {kind: User, name: alice, attributes: {region: [EUROPE]}}
                        ---
                        {kind: User, name: bob, attributes: {region: [ASIA]}}
                        ---
                        {kind: DataSource, name: archive.shop}
                        ---
                        {kind: DataSource, name: archive.shop.customer, approve_columns: all}
                        ---
                        {kind: DataSource, name: archive.kept}
                        ---
                        {kind: Policy, name: shop, type: access, applies_to: {data_sources: [archive.shop]},
                            grant: {level: read, to: "current_user IN ('alice', 'bob')"}}
                        ---
                        {kind: Policy, name: keep, type: access, applies_to: {data_sources: [archive.kept]},
                            grant: {level: own, to: "current_user IN ('alice', 'carol')"}}
                        ---
                        {kind: Policy, name: read-kept, type: access, applies_to: {data_sources: [archive.kept]},
                            grant: {level: read, to: "current_user IN ('bob', 'rita')"}}
                        ---
                        {kind: Policy, name: regions, type: row-filter, applies_to: {data_sources: [archive.shop.customer]},
                            matches: {attribute: region, column: {name: region}}}
                        ---
                        {kind: Policy, name: mails, type: mask, columns: {names: [archive.shop.customer.email]}, mask: {type: constant, value: hidden},
                            exempt: "current_user = 'bob'"}
                        """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @DisplayName("Section 5: a materialized view is made in governed schemas only, by owners who may read what is under it")
    void testWhereAndByWhom() {
        String create = "CREATE MATERIALIZED VIEW %s AS SELECT email FROM archive.shop.customer";
        for (String user : ImmutableList.of("alice", "bob")) {
            server.assertRefused(user, create.formatted("archive.loose.mails"), "Access Denied: Cannot create materialized view "
                    + "archive.loose.mails: a materialized view keeps a copy, so it is only allowed in a governed schema");
        }
        assertThat(server.failure("bob", create.formatted("archive.kept.fresh")))
                .startsWith("Access Denied: Cannot create materialized view archive.kept.fresh");
        // Trino asks for the query first
        for (String user : ImmutableList.of("carol", "mallory", GOVERNOR)) {
            assertThat(server.failure(user, create.formatted("archive.kept.fresh"))).startsWith("Access Denied:")
                    .contains("archive.shop.customer");
        }
    }

    @Test
    @DisplayName("Section 5: a materialized view is closed until approved, and then shows what its refresher saw")
    void testCopy() {
        server.execute("alice", "CREATE MATERIALIZED VIEW archive.kept.mails AS SELECT id, email, region FROM archive.shop.customer");
        String all = "SELECT id, email, region FROM archive.kept.mails";
        assertDecidedForTheAskerUntilRefreshed(all);
        server.execute("alice", "REFRESH MATERIALIZED VIEW archive.kept.mails");

        // the copy is read, but nobody has approved its columns; alice owns it
        assertThat(server.rows("alice", all)).containsExactly(row(1, "hidden", "EUROPE"));
        for (String reader : ImmutableList.of("bob", "rita")) {
            assertThat(server.rows(reader, all)).containsExactly(row(null, null, null));
        }
        for (String column : ImmutableList.of("id", "email", "region")) {
            server.execute(GOVERNOR, "CALL policy.admin.approve_column('archive.kept.mails', '%s')".formatted(column));
        }
        // less than bob sees of the table itself, and what rita may not see of it at all
        for (String reader : ImmutableList.of("alice", "bob", "rita")) {
            assertThat(server.rows(reader, all)).containsExactly(row(1, "hidden", "EUROPE"));
        }
        assertThat(server.failure("mallory", all)).startsWith("Access Denied:").contains("archive.kept.mails");
        assertThat(server.failure("rita", "TABLE archive.shop.customer")).startsWith("Access Denied:");

        server.apply("{kind: Policy, name: kept-regions, type: mask, columns: {names: [archive.kept.mails.region]}, mask: {type: 'null'}}");
        assertThat(server.rows("bob", all)).containsExactly(row(1, "hidden", null));
        server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'kept-regions')");
        assertClosedToReaders();
        assertOtherOwnersCopyWhatTheySee(all);
    }

    /// As a view.
    private void assertDecidedForTheAskerUntilRefreshed(String all) {
        assertThat(server.rows("alice", all)).containsExactly(row(1, "hidden", "EUROPE"));
        assertThat(server.rows("bob", all)).hasSize(1).doesNotContain(row(1, "ann@x.org", "EUROPE"));
        assertThat(server.failure("rita", all)).startsWith("Access Denied:").contains("archive.shop.customer");
        assertThat(server.failure("mallory", all)).startsWith("Access Denied:").contains("archive.kept.mails");
    }

    private void assertClosedToReaders() {
        for (String statement : ImmutableList.of("REFRESH MATERIALIZED VIEW archive.kept.mails",
                "DROP MATERIALIZED VIEW archive.kept.mails", "ALTER MATERIALIZED VIEW archive.kept.mails RENAME TO archive.kept.mine",
                "CREATE OR REPLACE MATERIALIZED VIEW archive.kept.mails AS SELECT email FROM archive.shop.customer",
                "SHOW CREATE MATERIALIZED VIEW archive.kept.mails", "ALTER MATERIALIZED VIEW archive.kept.mails SET AUTHORIZATION bob")) {
            for (String user : ImmutableList.of("bob", "rita", "mallory", GOVERNOR)) {
                assertThat(server.failure(user, statement)).describedAs("%s by %s", statement, user).startsWith("Access Denied:");
            }
        }
        // the table with the copy
        for (String user : ImmutableList.of("alice", "bob", "mallory", GOVERNOR)) {
            assertThat(server.failure(user, "TABLE archive.kept.\"mails%s\"".formatted(TestingMaterializingPlugin.STORAGE)))
                    .startsWith("Access Denied:");
        }
        assertThat(server.failure("alice", "ALTER MATERIALIZED VIEW archive.kept.mails RENAME TO archive.loose.mails"))
                .startsWith("Access Denied:").contains("archive.kept.mails is governed and archive.loose.mails would not be");
    }

    /// Carol owns the schema, and may not read the table: she neither refreshes the copy nor empties it.
    private void assertOtherOwnersCopyWhatTheySee(String all) {
        assertThat(server.failure("carol", "REFRESH MATERIALIZED VIEW archive.kept.mails")).startsWith("Access Denied:")
                .contains("archive.shop.customer");
        assertThat(server.rows("rita", all)).containsExactly(row(1, "hidden", "EUROPE"));
    }

    @Test
    @DisplayName("Section 5: policies on a materialized view hide what its exempt refresher saw")
    void testCopyOfExemptUser() {
        server.execute(PIPELINE, "CREATE MATERIALIZED VIEW archive.kept.everything AS SELECT id, email FROM archive.shop.customer");
        server.execute(PIPELINE, "REFRESH MATERIALIZED VIEW archive.kept.everything");
        server.apply("""
                {kind: DataSource, name: archive.kept.everything, approve_columns: all}
                ---
                {kind: Policy, name: copied, type: mask, columns: {names: [archive.kept.everything.email]}, mask: {type: 'null'},
                    exempt: "current_user = 'rita'"}
                """);
        String all = "SELECT id, email FROM archive.kept.everything ORDER BY id";
        // the policies of the base table do not hold for the copy
        assertThat(server.rows("rita", all)).containsExactly(row(1, "ann@x.org"), row(2, "ben@x.org"));
        assertThat(server.rows("bob", all)).containsExactly(row(1, null), row(2, null));
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
