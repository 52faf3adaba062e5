package io.github.trinopolicy.crash;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.stream.Collectors.joining;

import io.github.trinopolicy.crash.Killer.Kill;
import io.github.trinopolicy.demo.Progress;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Deadline;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Eight clients and one killer, for a while. For one use.
public final class CrashRun {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_ACT = Duration.ofMinutes(3);
    // the first is for the coordinator, the second for a worker
    private static final int FEWEST_ROUNDS = 2;

    private final Duration duration;
    private final long seed;
    private final Progress progress;
    private final Random random;
    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger();
    private final Counts kills = new Counts();
    private final Counts acts = new Counts();
    private final Counts interruptions = new Counts();
    private final Workload workload;
    private final List<Client> clients;
    private final Killer killer;
    private final StoreCheck storeCheck;
    private final AuditCheck auditCheck;

    /// @param duration at least; a coordinator and a worker are killed in any case
    /// @param seed of when which node is killed; what clients are at just then depends on the machine
    /// @param auditPromise how long before the kill of a coordinator a query must have been answered to be in the audit log for certain
    public CrashRun(CrashCluster cluster, Duration duration, long seed, Duration auditPromise, Progress progress) {
        this.duration = requireNonNull(duration, "duration is null");
        this.seed = seed;
        this.progress = requireNonNull(progress, "progress is null");
        this.random = new Random(seed);
        Disturbances disturbances = new Disturbances();
        StoreReader store = StoreReader.of(cluster.database());
        this.workload = new Workload(cluster, store, ledger, findings, seed);
        this.clients = workload.acts().stream()
                .map(act -> new Client(act, disturbances, acts, interruptions, findings))
                .collect(toImmutableList());
        this.killer = new Killer(cluster.cluster(), new Random(seed), disturbances, kills);
        this.storeCheck = new StoreCheck(store, workload.series(), findings);
        this.auditCheck = new AuditCheck(store, ledger, auditPromise, findings);
    }

    /// @throws io.github.trinopolicy.development.NodeFailedException when a node does not start again
    public CrashReport run() throws SQLException, IOException, InterruptedException {
        workload.prepare();
        progress.step("%s clients begin".formatted(clients.size()));
        Deadline end = Deadline.in(duration);
        try (ExecutorService threads = Executors.newFixedThreadPool(clients.size())) {
            try {
                clients.forEach(threads::execute);
                for (int round = 0; round < FEWEST_ROUNDS || !end.isPassed(); round++) {
                    awaitProgress();
                    Thread.sleep(random.nextLong(LONGEST_PAUSE.toMillis()));
                    judge(killer.strike());
                }
                awaitProgress();
                clients.forEach(Client::stop);
                threads.shutdown();
                if (!threads.awaitTermination(LONGEST_ACT.toMillis(), MILLISECONDS)) {
                    findings.add("a client does not come to an end");
                }
            }
            finally {
                // an interruption that the driver swallows must not let a client go on
                clients.forEach(Client::stop);
                threads.shutdownNow();
            }
        }
        auditCheck.end();
        storeCheck.check();
        return new CrashReport(seed, duration, kills.all(), acts.all(), interruptions.all(), auditCheck.lost(), findings.texts());
    }

    /// Until each client has done something again.
    private void awaitProgress() throws InterruptedException {
        Deadline deadline = Deadline.in(LONGEST_ACT);
        for (Client client : clients) {
            long before = client.performed();
            while (client.performed() == before && !deadline.isPassed()) {
                deadline.pause();
            }
            if (client.performed() == before) {
                findings.add("a client (%s) got nothing done for %s minutes while all nodes served".formatted(client.kind(),
                        LONGEST_ACT.toMinutes()));
            }
        }
    }

    /// All nodes have started again since: nothing of the killed is on its way any more.
    private void judge(List<Kill> struck) throws SQLException {
        List<Instant> coordinators = struck.stream().filter(kill -> kill.node().equals(Cluster.COORDINATOR)).map(Kill::at).toList();
        if (!coordinators.isEmpty()) {
            auditCheck.coordinatorsKilled(coordinators, workload.coordinator());
        }
        auditCheck.unmaskings(struck.getFirst().at());
        storeCheck.check();
        progress.step("%s came back after being killed; %s; %s findings".formatted(
                struck.stream().map(Kill::node).collect(joining(", ")), CrashReport.list(acts.all()), findings.texts().size()));
    }
}
