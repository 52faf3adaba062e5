package io.github.trinopolicy.snapshot;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.store.NodeReport;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.StoreVersion;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the store that this node lives and which version it works with: at once when that changes, and every few seconds.
public final class NodeReporter implements AutoCloseable {
    private static final Logger log = Logger.get(NodeReporter.class);
    private static final Duration PULSE = Duration.ofSeconds(5);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-node-%s"));
    private final PolicyStore store;
    private final Optional<String> cluster;
    private final NodeIdentity node;
    private final KeyProvider keyProvider;
    private final Supplier<Optional<String>> keyProblem;
    private final Supplier<StoreVersion> version;
    private final BooleanSupplier enforcing;
    private final Duration interval;
    private final Clock clock;
    private final Instant startedAt;
    private @Nullable NodeReport lastReport;
    private Instant lastReportAt = Instant.EPOCH;
    private Instant lastFailureAt = Instant.EPOCH;

    /// @param cluster name of the cluster that the node is of; empty where it has none
    /// @param version what the node works with
    /// @param keyProblem why it cannot unwrap keys
    public NodeReporter(PolicyStore store, Optional<String> cluster, NodeIdentity node, KeyProvider keyProvider,
            Supplier<Optional<String>> keyProblem,
            Supplier<StoreVersion> version, BooleanSupplier enforcing, Duration interval, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.node = requireNonNull(node, "node is null");
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
        this.keyProblem = requireNonNull(keyProblem, "keyProblem is null");
        this.version = requireNonNull(version, "version is null");
        this.enforcing = requireNonNull(enforcing, "enforcing is null");
        this.interval = requireNonNull(interval, "interval is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.startedAt = clock.instant();
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::reportIfDue, 0, interval.toMillis(), MILLISECONDS);
    }

    private void reportIfDue() {
        if (Duration.between(lastFailureAt, clock.instant()).compareTo(RETRY_PAUSE) < 0) {
            return;
        }
        try {
            NodeReport report = new NodeReport(cluster, node.id(), node.coordinator(), Optional.of(version.get()), keyProvider.id(),
                    enforcing.getAsBoolean(), startedAt, keyProblem.get());
            Instant now = clock.instant();
            if (!report.equals(lastReport) || Duration.between(lastReportAt, now).compareTo(PULSE) >= 0) {
                store.reportNode(report);
                if (node.coordinator()) {
                    store.removeNodesOlderThan(FORGET_AFTER);
                }
                lastReport = report;
                lastReportAt = now;
            }
        }
        catch (PolicyStoreException e) {
            // the refresher reports a lost store, and this is tried again soon
            lastFailureAt = clock.instant();
            log.debug(e, "This node could not be reported to the policy store");
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.error(e, "This node could not be reported to the policy store");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
