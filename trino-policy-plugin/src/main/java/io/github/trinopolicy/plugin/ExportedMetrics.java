package io.github.trinopolicy.plugin;

import io.github.trinopolicy.audit.QueuedAuditLog;
import io.github.trinopolicy.enforcement.DecisionMeter;
import io.github.trinopolicy.enforcement.DurationHistogram;
import io.github.trinopolicy.keyring.StoreKeyRing;
import io.github.trinopolicy.metrics.Metric;
import io.github.trinopolicy.metrics.NodeMetrics;
import io.github.trinopolicy.snapshot.StoreWatcher;
import io.github.trinopolicy.store.StoreVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Says which part of a node tells which metric.
final class ExportedMetrics {
    private ExportedMetrics() {
    }

    static NodeMetrics.Builder ofEachNode(StoreWatcher watcher, Supplier<StoreVersion> version, StoreKeyRing keyRing) {
        return new NodeMetrics.Builder()
                .put(Metric.SNAPSHOT_VERSION, () -> version.get().version())
                .put(Metric.SNAPSHOT_AGE_MILLIS, () -> watcher.age().toMillis())
                .put(Metric.REFRESH_FAILURES, watcher::failures)
                .put(Metric.REFRESH_FAILURE_AGE_SECONDS, () -> watcher.sinceFailure().map(Duration::toSeconds).orElse(-1L))
                .put(Metric.KEY_CACHE_HITS, () -> keyRing.statistics().hitCount())
                .put(Metric.KEY_CACHE_LOADS, () -> keyRing.statistics().loadSuccessCount())
                .put(Metric.KEY_CACHE_LOAD_FAILURES, () -> keyRing.statistics().loadFailureCount())
                .put(Metric.KEY_CACHE_SIZE, keyRing::size);
    }

    /// @param auditLog empty where queries and denials are not recorded
    static NodeMetrics.Builder ofCoordinator(NodeMetrics.Builder metrics, DecisionMeter meter, Optional<QueuedAuditLog> auditLog) {
        DurationHistogram queries = meter.queries();
        DurationHistogram tables = meter.tables();
        return metrics
                .put(Metric.QUERY_DECISIONS, queries::count)
                .put(Metric.QUERY_DECISION_P50_MICROS, () -> micros(queries, 0.5))
                .put(Metric.QUERY_DECISION_P99_MICROS, () -> micros(queries, 0.99))
                .put(Metric.QUERY_DECISION_MAX_MICROS, () -> micros(queries, 1))
                .put(Metric.TABLE_DECISIONS, tables::count)
                .put(Metric.TABLE_DECISION_P50_MICROS, () -> micros(tables, 0.5))
                .put(Metric.TABLE_DECISION_P99_MICROS, () -> micros(tables, 0.99))
                .put(Metric.TABLE_DECISION_MAX_MICROS, () -> micros(tables, 1))
                .put(Metric.AUDIT_QUEUE_EVENTS, () -> of(auditLog, QueuedAuditLog::length))
                .put(Metric.AUDIT_QUEUE_BYTES, () -> of(auditLog, QueuedAuditLog::size))
                .put(Metric.AUDIT_WRITTEN_EVENTS, () -> of(auditLog, QueuedAuditLog::written))
                .put(Metric.AUDIT_LOST_EVENTS, () -> of(auditLog, QueuedAuditLog::lost))
                .put(Metric.AUDIT_WRITE_FAILURES, () -> of(auditLog, QueuedAuditLog::failures))
                .denials(meter::refusals);
    }

    private static long micros(DurationHistogram histogram, double share) {
        return Math.ceilDiv(histogram.quantile(share), 1000);
    }

    private static long of(Optional<QueuedAuditLog> auditLog, ToLongFunction<QueuedAuditLog> number) {
        return auditLog.map(number::applyAsLong).orElse(0L);
    }
}
