package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.development.Deadline;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Shows what the sample policies do, and proves each claim on the results.
final class Tour {
    private static final int CELL_LIMIT = 34;
    private static final int LINE_LIMIT = 140;
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(1);
    private static final String HIDDEN_PHONE = "hidden";
    private static final Set<String> ALICE_REGIONS = ImmutableSet.of("AFRICA", "EUROPE");
    private static final Set<String> BOB_REGIONS = ImmutableSet.of("ASIA");
    private static final Set<String> BOB_NEW_REGIONS = ImmutableSet.of("ASIA", "EUROPE");

    private final Session admin;
    private final Session alice;
    private final Session bob;
    private final PolicyAdministration administration;
    private final Progress progress;

    Tour(Session admin, Session alice, Session bob, PolicyAdministration administration, Progress progress) {
        this.admin = requireNonNull(admin, "admin is null");
        this.alice = requireNonNull(alice, "alice is null");
        this.bob = requireNonNull(bob, "bob is null");
        this.administration = requireNonNull(administration, "administration is null");
        this.progress = requireNonNull(progress, "progress is null");
    }

    /// @throws TourFailedException naming the first step that did not show what it claims
    void run() throws InterruptedException {
        step("Same question, other rows", this::showRows);
        step("Same columns, other values", this::showColumns);
        step("Some may not ask at all", this::showTables);
        step("The filter reaches the storage", this::showPlan);
        step("Why alice sees what she sees", this::showReasons);
        step("Side doors are shut", this::showSideDoors);
        step("A change takes effect on the next query", this::showChange);
    }

    private void step(String name, Step step) throws InterruptedException {
        progress.line("");
        progress.step(name);
        try {
            step.run();
        }
        catch (CheckFailedException | SQLException | IOException e) {
            throw new TourFailedException(name, e);
        }
    }

    private void showRows() throws SQLException {
        Map<String, String> all = customersByRegion(admin);
        Map<String, String> ofAlice = customersByRegion(alice);
        Map<String, String> ofBob = customersByRegion(bob);
        TextTable table = new TextTable(CELL_LIMIT, ImmutableList.of("region", "admin", "alice", "bob"));
        for (Map.Entry<String, String> region : all.entrySet()) {
            table.row(ImmutableList.of(region.getKey(), region.getValue(),
                    ofAlice.getOrDefault(region.getKey(), ""), ofBob.getOrDefault(region.getKey(), "")));
        }
        show(CUSTOMERS_BY_REGION, table);
        check(all.size() == 5, "admin sees customers of all five regions");
        check(ofAlice.keySet().equals(ALICE_REGIONS), "alice sees customers of her own regions, Africa and Europe, alone");
        check(ofBob.keySet().equals(BOB_REGIONS), "bob sees customers of his own region, Asia, alone");
        check(all.entrySet().containsAll(ofAlice.entrySet()) && all.entrySet().containsAll(ofBob.entrySet()),
                "within these regions each sees every customer");
    }

    private static final String CUSTOMERS_BY_REGION = "SELECT region, count(*) AS customers FROM lake.shop.customer GROUP BY region ORDER BY region";

    private static Map<String, String> customersByRegion(Session session) throws SQLException {
        QueryResult result = session.query(CUSTOMERS_BY_REGION);
        ImmutableMap.Builder<String, String> counts = ImmutableMap.builder();
        for (List<String> row : result.rows()) {
            counts.put(row.get(0), row.get(1));
        }
        return counts.buildOrThrow();
    }

    private void showColumns() throws SQLException {
        String sql = "SELECT customer_id, region, email, phone, balance FROM lake.shop.customer ORDER BY customer_id";
        QueryResult ofAdmin = admin.query(sql);
        QueryResult ofAlice = alice.query(sql);
        QueryResult ofBob = bob.query(sql);
        TextTable table = new TextTable(CELL_LIMIT, ImmutableList.of("as", "customer_id", "region", "email", "phone", "balance"));
        addFirstRows(table, admin.user(), ofAdmin);
        addFirstRows(table, alice.user(), ofAlice);
        addFirstRows(table, bob.user(), ofBob);
        show(sql, table);

        Map<String, String> emails = byId(ofAdmin, "email");
        check(emails.values().stream().allMatch(email -> email.endsWith("@example.com")), "admin sees the e-mail addresses");
        check(ofAlice.column("email").stream().allMatch(email -> email.matches("[0-9a-f]{64}")), "alice sees a keyed hash of each address");
        check(Set.copyOf(ofAlice.column("email")).size() == ofAlice.rows().size(), "different addresses have different hashes");
        check(byId(ofBob, "email").entrySet().stream().allMatch(entry -> entry.getValue().equals(emails.get(entry.getKey()))),
                "bob, of the support group, sees the addresses");
        check(allEqual(ofAlice, "phone", HIDDEN_PHONE) && allEqual(ofBob, "phone", HIDDEN_PHONE),
                "alice and bob see a constant in place of phone numbers");
        check(allEqual(ofAlice, "balance", QueryResult.NULL) && allEqual(ofBob, "balance", QueryResult.NULL),
                "alice and bob see no balances");
        check(!ofAdmin.column("phone").contains(HIDDEN_PHONE) && !ofAdmin.column("balance").contains(QueryResult.NULL),
                "admin sees phone numbers and balances");
    }

    private static boolean allEqual(QueryResult result, String column, String value) {
        return !result.rows().isEmpty() && result.column(column).stream().allMatch(value::equals);
    }

    private static void addFirstRows(TextTable table, String user, QueryResult result) {
        for (List<String> row : result.rows().subList(0, Math.min(2, result.rows().size()))) {
            table.row(ImmutableList.<String>builder().add(user).addAll(row).build());
        }
    }

    private static Map<String, String> byId(QueryResult result, String column) {
        List<String> ids = result.column("customer_id");
        List<String> values = result.column(column);
        Map<String, String> map = new HashMap<>();
        for (int row = 0; row < ids.size(); row++) {
            map.put(ids.get(row), values.get(row));
        }
        return map;
    }

    private void showTables() throws SQLException {
        String sql = "SELECT count(*) AS orders, max(total) AS largest FROM lake.shop.orders";
        QueryResult ofAdmin = admin.query(sql);
        QueryResult ofAlice = alice.query(sql);
        String refusal = refusal(bob, sql);
        TextTable table = new TextTable(120, ImmutableList.of("as", "answer"))
                .row(ImmutableList.of(admin.user(), summary(ofAdmin)))
                .row(ImmutableList.of(alice.user(), summary(ofAlice)))
                .row(ImmutableList.of(bob.user(), refusal));
        show(sql, table);
        String allowed = admin.query("SELECT count(*) FROM lake.shop.orders WHERE total < 200000").single();
        check(!allowed.equals(ofAdmin.column("orders").getFirst()), "admin sees orders of any size");
        check(ofAlice.column("orders").equals(ImmutableList.of(allowed)),
                "alice, not cleared for large orders, sees exactly those below 200000");
        check(refusal.contains("Access Denied"), "bob, who lacks the training, is refused");
    }

    private static String summary(QueryResult result) {
        return "%s orders, the largest of %s".formatted(result.column("orders").getFirst(), result.column("largest").getFirst());
    }

    private void showPlan() throws SQLException {
        String sql = "EXPLAIN SELECT customer_id, email FROM lake.shop.customer";
        String plan = alice.query(sql).text();
        progress.line("  alice> " + sql);
        plan.lines().filter(line -> line.contains("lake:shop.customer") || line.contains("[[")).map(String::strip)
                .forEach(line -> progress.line("    " + line));
        check(plan.contains("constraint on [region]"), "the scan itself reads the partitions of alice's regions only");
        check(ALICE_REGIONS.stream().allMatch(plan::contains), "alice's plan names her regions");
        check(!plan.contains("ASIA"), "alice's plan tells nothing of bob's region");
    }

    private void showReasons() throws SQLException {
        String sql = "SELECT * FROM TABLE(policy.session.explain(table_name => 'lake.shop.customer'))";
        QueryResult reasons = alice.query(sql);
        TextTable table = new TextTable(60, ImmutableList.of("kind", "column_name", "policy", "effect", "reason"));
        for (int row = 0; row < reasons.rows().size(); row++) {
            table.row(ImmutableList.of(reasons.column("kind").get(row), reasons.column("column_name").get(row),
                    reasons.column("policy").get(row), reasons.column("effect").get(row), reasons.column("reason").get(row)));
        }
        progress.line("  alice> " + sql);
        table.lines().forEach(line -> progress.line("  " + line));
        check(reasons.column("policy").containsAll(ImmutableList.of("read-shop", "own-region", "hash-email", "hide-phone", "hide-finance")),
                "every policy that shapes alice's view is named");
    }

    private void showSideDoors() throws SQLException {
        for (String sql : ImmutableList.of(
                "SELECT * FROM lake.shop.\"customer$files\"",
                "SELECT \"$path\" FROM lake.shop.customer",
                "CREATE OR REPLACE TABLE lake.shop.customer AS SELECT 1 AS customer_id",
                "CALL policy.admin.set_attribute(user_name => 'alice', name => 'region', value => 'ASIA', expires => NULL)")) {
            String refusal = refusal(alice, sql);
            progress.line("  alice> " + sql);
            progress.line("    " + (refusal.length() <= LINE_LIMIT ? refusal : refusal.substring(0, LINE_LIMIT) + ".."));
            check(refusal.contains("Access Denied"), "alice is refused: " + sql);
        }
    }

    private void showChange() throws SQLException, IOException, InterruptedException {
        check(customersByRegion(bob).keySet().equals(BOB_REGIONS), "before the change bob sees Asia alone");
        administration.applySampleBundleWith("region: [ASIA]", "region: [ASIA, EUROPE]", "bob also serves Europe now");
        try {
            progress.line("  admin> the bundle now says of bob: attributes: {region: [ASIA, EUROPE]}");
            awaitRegions(BOB_NEW_REGIONS, "bob sees Europe too within a second");
        }
        finally {
            administration.applySampleBundle();
        }
        progress.line("  admin> the bundle says region: [ASIA] again");
        awaitRegions(BOB_REGIONS, "after the revocation bob sees Asia alone within a second");
    }

    private void awaitRegions(Set<String> expected, String sentence) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        Deadline deadline = Deadline.in(CHANGE_LIMIT);
        int queries = 0;
        Set<String> seen;
        // judged by when a query was asked, not by how long it ran
        boolean last;
        do {
            last = deadline.isPassed();
            seen = customersByRegion(bob).keySet();
            queries++;
        } while (!seen.equals(expected) && !last);
        progress.line("  bob sees %s: query %s after the change, answered after %s ms".formatted(
                Joiner.on(" and ").join(seen.stream().sorted().iterator()), queries, (System.nanoTime() - start) / 1_000_000));
        check(seen.equals(expected), sentence);
    }

    private void show(String sql, TextTable table) {
        progress.line("  " + sql);
        table.lines().forEach(line -> progress.line("  " + line));
    }

    /// The message of the refusal.
    private static String refusal(Session session, String sql) throws SQLException {
        Optional<String> message = Optional.empty();
        try {
            session.query(sql);
        }
        catch (SQLException e) {
            message = Optional.ofNullable(e.getMessage());
        }
        return message.map(text -> text.replaceFirst("^Query failed \\(#\\w+\\): ", "")).orElse("(answered)");
    }

    private void check(boolean held, String claim) {
        if (!held) {
            throw new CheckFailedException("it is not true that " + claim);
        }
        progress.line("  ok: " + claim);
    }

    private interface Step {
        void run() throws SQLException, IOException, InterruptedException;
    }

    private static final class CheckFailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private CheckFailedException(String message) {
            super(message);
        }
    }
}
