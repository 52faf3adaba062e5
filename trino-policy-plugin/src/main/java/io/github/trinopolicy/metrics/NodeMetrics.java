package io.github.trinopolicy.metrics;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.enforcement.MessageCode;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/// Exports the metrics of a node until it is closed.
public final class NodeMetrics implements AutoCloseable {
    private final MetricsBean bean;
    private final MetricInstruments instruments;

    private NodeMetrics(String node, List<Sample> samples, Optional<ToLongFunction<MessageCode>> denials, OpenTelemetry openTelemetry) {
        this.bean = MetricsBean.register(ManagementFactory.getPlatformMBeanServer(), node, ImmutableList.<Sample>builder()
                .addAll(samples)
                .addAll(denials.map(NodeMetrics::perCode).orElse(ImmutableList.of()))
                .build());
        this.instruments = MetricInstruments.register(openTelemetry, samples, denials);
    }

    @Override
    public void close() {
        instruments.close();
        bean.close();
    }

    /// `denials_policy_201`: JMX has no labels.
    static String attribute(MessageCode code) {
        return "%s_%s".formatted(MetricInstruments.DENIALS, code.toString().toLowerCase(ENGLISH).replace('-', '_'));
    }

    private static List<Sample> perCode(ToLongFunction<MessageCode> denials) {
        ImmutableList.Builder<Sample> samples = ImmutableList.builder();
        for (MessageCode code : MessageCode.values()) {
            samples.add(new Sample(attribute(code), Metric.Kind.COUNTER, code.meaning(), () -> denials.applyAsLong(code)));
        }
        return samples.build();
    }

    /// Collects what the parts of a node can tell.
    public static final class Builder {
        private final Map<Metric, LongSupplier> values = new EnumMap<>(Metric.class);
        private Optional<ToLongFunction<MessageCode>> denials = Optional.empty();

        /// @param value neither waits nor fails
        public Builder put(Metric metric, LongSupplier value) {
            checkArgument(values.put(metric, requireNonNull(value, "value is null")) == null, "%s is there twice", metric);
            return this;
        }

        public Builder denials(ToLongFunction<MessageCode> denials) {
            this.denials = Optional.of(denials);
            return this;
        }

        /// @param openTelemetry of Trino
        public NodeMetrics export(String node, OpenTelemetry openTelemetry) {
            List<Sample> samples = ImmutableMap.copyOf(values).entrySet().stream()
                    .map(value -> new Sample(value.getKey().metricName(), value.getKey().kind(), value.getKey().description(),
                            value.getValue()))
                    .toList();
            return new NodeMetrics(node, samples, denials, openTelemetry);
        }
    }
}
