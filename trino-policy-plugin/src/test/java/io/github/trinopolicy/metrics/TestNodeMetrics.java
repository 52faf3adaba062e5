package io.github.trinopolicy.metrics;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ticker;
import io.github.trinopolicy.enforcement.DecisionMeter;
import io.github.trinopolicy.enforcement.MessageCode;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/// The metrics of a node as OpenTelemetry and JMX hand them out.
class TestNodeMetrics {
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final AtomicLong age = new AtomicLong(7);
    private final DecisionMeter meter = new DecisionMeter(Ticker.systemTicker());

    @Test
    void testOpenTelemetry() {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        try (OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
                .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()).build()) {
            try (NodeMetrics _ = export("node", openTelemetry)) {
                age.set(9);
                meter.refused(MessageCode.NO_POLICY);
                meter.refused(MessageCode.NO_POLICY);
                Map<String, MetricData> metrics = reader.collectAllMetrics().stream()
                        .collect(toImmutableMap(MetricData::getName, metric -> metric));
                assertThat(metrics.keySet()).containsExactlyInAnyOrder("trino.policy.snapshot_age_millis", "trino.policy.refresh_failures",
                        "trino.policy.denials");
                assertThat(metrics.values()).allSatisfy(metric -> assertThat(metric.getDescription()).isNotBlank());
                assertThat(requireNonNull(metrics.get("trino.policy.snapshot_age_millis")).getLongGaugeData().getPoints()).singleElement()
                        .satisfies(point -> assertThat(point.getValue()).isEqualTo(9))
                        .satisfies(point -> assertThat(point.getAttributes().isEmpty()).isTrue());
                assertThat(requireNonNull(metrics.get("trino.policy.refresh_failures")).getLongSumData().isMonotonic()).isTrue();
                assertThat(requireNonNull(metrics.get("trino.policy.denials")).getLongSumData().getPoints())
                        .hasSize(MessageCode.values().length)
                        .filteredOn(point -> point.getValue() > 0)
                        .singleElement()
                        .extracting(LongPointData::getAttributes)
                        .satisfies(labels -> assertThat(labels.asMap()).containsOnly(Map.entry(MetricInstruments.CODE, "POLICY-201")));
            }
            assertThat(reader.collectAllMetrics()).isEmpty();
        }
    }

    /// Trino gives each node of a test cluster its own catalog, in one process.
    @Test
    void testNodesInOneProcess() throws Exception {
        ObjectName pattern = new ObjectName(MetricsBean.NAME + ",*");
        int before = beans.queryNames(pattern, null).size();
        try (NodeMetrics _ = export("a", OpenTelemetry.noop()); NodeMetrics _ = export("b", OpenTelemetry.noop())) {
            assertThat(beans.queryNames(pattern, null)).hasSize(before + 2);
        }
        assertThat(beans.queryNames(pattern, null)).hasSize(before);
    }

    @Test
    void testMetricTwice() {
        NodeMetrics.Builder metrics = new NodeMetrics.Builder().put(Metric.SNAPSHOT_VERSION, () -> 1);
        assertThatThrownBy(() -> metrics.put(Metric.SNAPSHOT_VERSION, () -> 2)).hasMessage("SNAPSHOT_VERSION is there twice");
    }

    private NodeMetrics export(String node, OpenTelemetry openTelemetry) {
        return new NodeMetrics.Builder()
                .put(Metric.SNAPSHOT_AGE_MILLIS, age::get)
                .put(Metric.REFRESH_FAILURES, () -> 3)
                .denials(meter::refusals)
                .export(node, openTelemetry);
    }
}
