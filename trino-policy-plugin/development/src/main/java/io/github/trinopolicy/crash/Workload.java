package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/// What the clients do.
final class Workload {
    private final CrashCluster cluster;
    private final Ledger ledger;
    private final Findings findings;
    private final List<Generations> series = ImmutableList.of(new Generations(), new Generations());
    private final List<Act> acts;

    /// @param seed of which keys are rotated and which tokens are kept
    Workload(CrashCluster cluster, StoreReader store, Ledger ledger, Findings findings, long seed) {
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.findings = requireNonNull(findings, "findings is null");
        this.acts = acts(new KeyVersions(store), new SeenValues(new Random(seed)), new Random(seed));
    }

    private List<Act> acts(KeyVersions keys, SeenValues seen, Random random) {
        Account administrator = account(CrashCluster.ADMINISTRATOR);
        Account reader = account(Bundles.READER);
        Account inspector = account(Bundles.INSPECTOR);
        MaskedRows rows = new MaskedRows(series, keys, seen, findings);
        return ImmutableList.of(
                new Reading(reader, Reading.PLAIN, rows),
                new Reading(reader, Reading.JOINED, rows),
                new ReadingRaw(account(Bundles.EXEMPT), findings),
                new Applying(administrator, 1, series.get(0)),
                new Applying(administrator, 2, series.get(1)),
                new Rotating(administrator, keys, findings, random),
                new UnmaskingCells(inspector, findings),
                new UnmaskingTokens(inspector, seen, findings));
    }

    private Account account(String user) {
        return new Account(cluster.cluster(), user, ledger);
    }

    /// Brings the policies into the store, and does everything once: this must succeed.
    void prepare() throws SQLException {
        Account administrator = account(CrashCluster.ADMINISTRATOR);
        administrator.ask(Bundles.call(Bundles.base(), "base", "keys and masks"));
        for (int number = 1; number <= series.size(); number++) {
            new Applying(administrator, number, series.get(number - 1)).perform();
        }
        administrator.ask(Bundles.call(Bundles.people(), "people", "who is in which group"));
        for (Act act : acts) {
            act.perform();
        }
    }

    /// By which all queries of the running coordinator end, and those of no other.
    String coordinator() throws SQLException {
        String query = new Account(cluster.cluster(), CrashCluster.ADMINISTRATOR, new Ledger()).ask("SELECT 1").queryId();
        return query.substring(query.lastIndexOf('_'));
    }

    /// One for each client.
    List<Act> acts() {
        return acts;
    }

    /// The generations of each series of bundles.
    List<Generations> series() {
        return series;
    }
}
