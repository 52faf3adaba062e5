package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.trino.Session;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// A query over the tables of [TestAuditLog], and what the log must say of it.
///
/// @param expected by column of the log, without NULLs, and without times and amounts of work
/// @param denial what a row of a denial says of it besides; empty where nothing is denied
record TestingAuditedQuery(Session session, String sql, boolean fails, Map<String, Object> expected, Optional<Map<String, Object>> denial) {
    private static final String CUSTOMER = "memory.shop.customer";

    private static final List<User> USERS = ImmutableList.copyOf(User.values());

    private enum User {
        ALICE("alice", 1, "analysts"),
        SUE("sue", 2, "analysts", "support"),
        EXEMPT(PIPELINE, 2);

        private final String name;
        private final long rows;
        private final ImmutableList<String> groups;

        User(String name, long rows, String... groups) {
            this.name = name;
            this.rows = rows;
            this.groups = ImmutableList.copyOf(groups);
        }

        /// How the column looks to him, as JSON.
        private String column(String column, Map<String, Long> versions) {
            if (this == EXEMPT) {
                return "{\"column\": \"%s\", \"effect\": \"exempt\"}".formatted(column);
            }
            return switch (column) {
                case "email" -> "{\"column\": \"email\", \"effect\": \"hash\", \"policy\": \"mask-email\", \"version\": %s}"
                        .formatted(versions.get("mask-email"));
                case "phone" -> this == SUE
                        ? "{\"column\": \"phone\", \"effect\": \"raw\", \"exception\": \"'exempt' of mask-phone holds\"}"
                        : "{\"column\": \"phone\", \"effect\": \"null\", \"policy\": \"mask-phone\", \"version\": %s}"
                                .formatted(versions.get("mask-phone"));
                default -> "{\"column\": \"%s\", \"effect\": \"raw\"}".formatted(column);
            };
        }

        private String filter(Map<String, Long> versions) {
            return switch (this) {
                case ALICE ->
                    "{\"effect\": \"filtered\", \"policy\": \"own-region\", \"version\": %s}".formatted(versions.get("own-region"));
                case SUE -> "{\"effect\": \"all rows\", \"policy\": \"own-region\", \"version\": %s, \"exception\": \"'exempt' holds\"}"
                        .formatted(versions.get("own-region"));
                case EXEMPT -> "";
            };
        }
    }

    /// Draws queries. The table `memory.scratch.sink` must be there. Not thread-safe.
    static final class Generator {
        private final Random random;
        private final Map<String, Long> versions;
        private final long storeVersion;

        /// @param versions of the policies, by name
        Generator(long seed, Map<String, Long> versions, long storeVersion) {
            this.random = new Random(seed);
            this.versions = ImmutableMap.copyOf(versions);
            this.storeVersion = storeVersion;
        }

        TestingAuditedQuery next() {
            User user = USERS.get(random.nextInt(USERS.size()));
            boolean inProject = user == User.ALICE && random.nextInt(4) == 0;
            Map<String, Object> expected = new TreeMap<>();
            Session.SessionBuilder session = sessionBuilder(user.name);
            if (inProject) {
                session.setIdentity(Identity.forUser(user.name).withPrincipal(new BasicPrincipal(user.name))
                        .withExtraCredentials(ImmutableMap.of("policy.project", "fraud")).build());
                expected.put("project", "fraud");
            }
            if (random.nextBoolean()) {
                session.setSource("source-" + random.nextInt(9));
            }
            Session built = session.build();
            built.getSource().ifPresent(source -> expected.put("client_source", source));
            expected.put("kind", "query");
            expected.put("user_name", user.name);
            expected.put("principal", user.name);
            expected.put("user_groups", user.groups);
            expected.put("purposes", inProject ? List.of("Fraud") : List.of());
            expected.put("exempt", user == User.EXEMPT);
            expected.put("client_address", "127.0.0.1");
            expected.put("policy_version", storeVersion);
            return switch (random.nextInt(8)) {
                case 0 -> counting(built, user, expected);
                case 1 -> failing(built, user, expected);
                case 2 -> denied(built, user, expected);
                case 3 -> writing(built, user, expected);
                default -> selecting(built, user, expected);
            };
        }

        private TestingAuditedQuery selecting(Session session, User user, Map<String, Object> expected) {
            List<String> columns = columns();
            boolean found = random.nextBoolean();
            String text = "SELECT %s FROM %s AS t%s WHERE region %s ? LIMIT %s".formatted(String.join(", ", columns), CUSTOMER,
                    random.nextInt(100), found ? "<>" : "=", "?");
            String sql = text.replaceFirst("\\?", "'Kanarienvogel%s'".formatted(random.nextInt(1000))).replaceFirst("\\?", "50");
            List<String> read = new ArrayList<>(columns);
            read.add("region");
            return finished(session, user, sql, text, "SELECT", found ? user.rows : 0, 0, read, expected);
        }

        private TestingAuditedQuery counting(Session session, User user, Map<String, Object> expected) {
            String sql = "SELECT count(*) FROM " + CUSTOMER;
            return finished(session, user, sql, sql, "SELECT", 1, 0, List.of(), expected);
        }

        private TestingAuditedQuery writing(Session session, User user, Map<String, Object> expected) {
            List<String> columns = columns();
            if (user != User.EXEMPT) {
                String sql = "EXPLAIN SELECT %s FROM %s".formatted(String.join(", ", columns), CUSTOMER);
                return finished(session, user, sql, sql, "EXPLAIN", 1, 0, columns, expected);
            }
            String sql = "INSERT INTO memory.scratch.sink SELECT id FROM " + CUSTOMER;
            expected.put("output_table", "memory.scratch.sink");
            return finished(session, user, sql, sql, "INSERT", 1, user.rows, List.of("id"), expected);
        }

        private TestingAuditedQuery failing(Session session, User user, Map<String, Object> expected) {
            expected.put("state", "FAILED");
            expected.put("error_code", "DIVISION_BY_ZERO");
            expected.put("statement", "SELECT");
            expected.put("query_text", "SELECT id / (id - id) FROM " + CUSTOMER);
            expected.put("output_rows", 0L);
            expected.put("written_rows", 0L);
            expected.put("tables", tables(user, List.of("id")));
            return new TestingAuditedQuery(session, "SELECT id / (id - id) FROM " + CUSTOMER, true, expected, Optional.empty());
        }

        private TestingAuditedQuery denied(Session session, User user, Map<String, Object> expected) {
            if (user == User.EXEMPT) {
                return counting(session, user, expected);
            }
            String sql = "SELECT id FROM memory.hr.salary WHERE amount > " + random.nextInt(1000);
            Map<String, Object> denial = new TreeMap<>(expected);
            denial.keySet().removeAll(List.of("client_source", "client_address", "principal"));
            denial.put("kind", "denial");
            denial.put("action", "select from columns");
            denial.put("object", "memory.hr.salary");
            denial.put("code", expected.containsKey("project") ? "POLICY-202" : "POLICY-201");
            expected.put("state", "FAILED");
            expected.put("error_code", "PERMISSION_DENIED");
            expected.put("statement", "SELECT");
            // nobody has looked whether its names are some
            expected.put("query_hash", Hashing.sha256().hashString(sql, UTF_8).toString());
            expected.put("output_rows", 0L);
            expected.put("written_rows", 0L);
            return new TestingAuditedQuery(session, sql, true, expected, Optional.of(denial));
        }

        private TestingAuditedQuery finished(Session session, User user, String sql, String text, String statement, long rows, long written,
                List<String> read, Map<String, Object> expected) {
            expected.put("state", "FINISHED");
            expected.put("statement", statement);
            expected.put("query_text", text);
            expected.put("output_rows", rows);
            expected.put("written_rows", written);
            expected.put("tables", tables(user, read));
            return new TestingAuditedQuery(session, sql, false, expected, Optional.empty());
        }

        private List<String> columns() {
            List<String> columns = new ArrayList<>(List.of("email", "id", "phone", "region"));
            columns.removeIf(_ -> random.nextInt(3) == 0);
            return columns.isEmpty() ? List.of("id") : columns;
        }

        private String tables(User user, List<String> read) {
            return "[{\"table\": \"%s\", \"columns\": [%s], \"filters\": [%s]}]".formatted(CUSTOMER,
                    read.stream().distinct().sorted().map(column -> user.column(column, versions)).collect(joining(", ")),
                    user.filter(versions));
        }
    }
}
