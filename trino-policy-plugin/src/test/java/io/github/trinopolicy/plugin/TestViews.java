package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import io.trino.Session;
import io.trino.spi.type.TimeZoneKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Policies follow the asking user through views, and data into copies.
@TestInstance(PER_CLASS)
class TestViews {
    private static final String CARRIED_OUT = "the query reads a governed table under an exception, so it may only fill governed tables (POLICY-207)";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        for (String schema : ImmutableList.of("shop", "scratch", "lab")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, email varchar, region varchar, day date)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, 'ann@x.org', 'EUROPE', DATE '2020-01-01'), "
                + "(2, 'cid@x.org', 'ASIA', DATE '2020-01-01')");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.orders (customer bigint, note varchar, price varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.orders VALUES (1, 'gift', '10'), (2, 'rush', 'hidden-price'), (1, 'rush', '11')");
        server.apply(
                """
                        {kind: Tag, name: Mail}
                        ---
                        {kind: Attribute, name: region}
                        ---
                        {kind: Attribute, name: note}
                        ---
                        {kind: Group, name: analysts}
                        ---
                        {kind: Group, name: support}
                        ---
                        {kind: User, name: alice, groups: [analysts], attributes: {region: [EUROPE], note: [gift]}}
                        ---
                        {kind: User, name: bob, groups: [analysts, support], attributes: {region: [ASIA], note: [gift, rush]}}
                        ---
                        {kind: User, name: zoe, groups: [analysts]}
                        ---
                        {kind: DataSource, name: memory.shop}
                        ---
                        {kind: DataSource, name: memory.lab, new_columns: allow}
                        ---
                        {kind: DataSource, name: memory.shop.customer, approve_columns: all, columns: {email: {tags: [Mail]}}}
                        ---
                        {kind: DataSource, name: memory.shop.orders, approve_columns: all}
                        ---
                        {kind: Policy, name: read, type: access, applies_to: {data_sources: [memory.shop]}, grant: {level: read, to: "in_any_group('analysts')"}}
                        ---
                        {kind: Policy, name: lab, type: access, applies_to: {data_sources: [memory.lab]}, grant: {level: own, to: "true"}}
                        ---
                        kind: Policy
                        name: own-region
                        type: row-filter
                        applies_to: {data_sources: [memory.shop.customer]}
                        matches: {attribute: region, column: {name: region}}
                        ---
                        kind: Policy
                        name: own-notes
                        type: row-filter
                        applies_to: {data_sources: [memory.shop.orders]}
                        where: "attribute_values_contain('note', note)"
                        ---
                        kind: Policy
                        name: mask-mail
                        type: mask
                        columns: {tags: [Mail]}
                        mask: {type: constant, value: hidden}
                        exempt: "in_any_group('support')"
                        """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @DisplayName("Invariant 5: views of views, with whatever rights and whoever made them, show what the asker may see")
    void testNestedViews() {
        for (String outer : ImmutableList.of("DEFINER", "INVOKER")) {
            for (String inner : ImmutableList.of("DEFINER", "INVOKER")) {
                String name = "memory.lab.v_%s_%s".formatted(outer, inner);
                // made by an exempt user, over more than one governed table, with WITH
                server.execute(PIPELINE, ("CREATE VIEW %s_base SECURITY %s AS WITH c AS (SELECT id, email FROM memory.shop.customer), "
                        + "o AS (TABLE memory.shop.orders) SELECT c.id, c.email, o.note FROM c JOIN o ON o.customer = c.id")
                        .formatted(name, inner));
                server.execute(PIPELINE, "CREATE VIEW %1$s SECURITY %2$s AS SELECT email, note FROM %1$s_base".formatted(name, outer));
                assertThat(server.rows(PIPELINE, "TABLE " + name)).hasSize(3);
                assertThat(server.rows("alice", "TABLE " + name)).containsExactly(row("hidden", "gift"));
                assertThat(server.rows("bob", "TABLE " + name)).containsExactly(row("cid@x.org", "rush"));
                assertThat(server.rows("zoe", "TABLE " + name)).isEmpty();
                assertThat(server.failure("mallory", "TABLE " + name)).startsWith("Access Denied:");
                // views in the query itself
                assertThat(server.rows("alice",
                        "WITH w AS (TABLE %s) SELECT email FROM w WHERE email <> 'x' OR fail(email) IS NULL".formatted(name)))
                        .containsExactly(row("hidden"));
            }
        }
    }

    @Test
    @DisplayName("Invariant 6: what is seen by an exception goes into governed tables only, whatever way it takes")
    void testCopies() {
        server.execute(PIPELINE, "CREATE VIEW memory.lab.mails SECURITY DEFINER AS SELECT id, email FROM memory.shop.customer");
        server.execute(PIPELINE, "CREATE TABLE memory.scratch.target (id bigint, email varchar)");
        server.execute(PIPELINE, "CREATE TABLE memory.lab.target (id bigint, email varchar)");
        for (String source : ImmutableList.of("SELECT id, email FROM memory.shop.customer", "TABLE memory.lab.mails",
                "SELECT id, email FROM memory.shop.customer UNION ALL TABLE memory.lab.mails",
                "SELECT bigint '1', (SELECT max(email) FROM memory.shop.customer)")) {
            assertThat(server.failure("bob", "INSERT INTO memory.scratch.target " + source)).endsWith(CARRIED_OUT);
            server.execute("bob", "INSERT INTO memory.lab.target " + source);
            server.execute("alice", "INSERT INTO memory.scratch.target " + source);
        }
        assertThat(server.failure("bob", "CREATE TABLE memory.scratch.made AS TABLE memory.lab.mails")).endsWith(CARRIED_OUT);
        server.execute("bob", "CREATE TABLE memory.lab.made AS TABLE memory.lab.mails");
        server.execute("alice", "CREATE TABLE memory.scratch.made AS TABLE memory.lab.mails");
        // the copies of somebody without an exception hold what he sees
        assertThat(server.column(PIPELINE, "SELECT email FROM memory.scratch.target UNION SELECT email FROM memory.scratch.made"))
                .containsExactly("hidden");
        assertThat(server.column(PIPELINE, "SELECT DISTINCT email FROM memory.lab.made")).containsExactly("cid@x.org");
    }

    @Test
    @DisplayName("Invariant 6: errors do not tell of rows that a condition hides, with and without dynamic filters")
    void testErrorsOfConditions() {
        // an outer join has no dynamic filter; the session may not switch them off
        for (String join : ImmutableList.of("JOIN", "LEFT JOIN")) {
            for (String query : ImmutableList.of(
                    "SELECT note FROM memory.shop.orders WHERE CAST(price AS integer) > 0",
                    "SELECT o.note FROM memory.shop.customer c %s memory.shop.orders o ON o.customer = c.id AND CAST(o.price AS integer) > 0",
                    "SELECT o.note FROM memory.shop.orders o %s memory.shop.customer c ON o.customer = c.id WHERE CAST(o.price AS integer) > 0")) {
                assertThat(server.column("alice", query.formatted(join))).describedAs(query).containsExactly("gift");
            }
        }
        assertThat(server.failure("alice", "SET SESSION enable_dynamic_filtering = false")).startsWith("Access Denied:");
    }

    @Test
    @DisplayName("The zone of the session changes nothing")
    void testSessionTimeZone() {
        for (String zone : ImmutableList.of("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")) {
            Session session = sessionBuilder("alice").setTimeZoneKey(TimeZoneKey.getTimeZoneKey(zone)).build();
            assertThat(server.rows(session, "SELECT id, email FROM memory.shop.customer")).containsExactly(row(1L, "hidden"));
        }
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
