package io.github.trinopolicy.metrics;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.Maps.toImmutableEnumMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.enforcement.MessageCode;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The metrics as instruments of OpenTelemetry. They are read when they are exported; nothing is done for them before.
final class MetricInstruments implements AutoCloseable {
    static final String DENIALS = "denials";
    static final String DENIALS_DESCRIPTION = "What was denied, by the code of the message";
    static final AttributeKey<String> CODE = AttributeKey.stringKey("code");
    static final String PREFIX = "trino.policy.";

    private final List<AutoCloseable> instruments;

    private MetricInstruments(List<AutoCloseable> instruments) {
        this.instruments = ImmutableList.copyOf(instruments);
    }

    static MetricInstruments register(OpenTelemetry openTelemetry, List<Sample> samples,
            Optional<ToLongFunction<MessageCode>> denials) {
        Meter meter = requireNonNull(openTelemetry, "openTelemetry is null").getMeter("io.github.trinopolicy");
        return new MetricInstruments(Stream.concat(
                samples.stream().map(sample -> register(meter, sample)),
                denials.stream().map(counts -> register(meter, counts))).collect(toImmutableList()));
    }

    private static AutoCloseable register(Meter meter, Sample sample) {
        String name = PREFIX + sample.name();
        return switch (sample.kind()) {
            case COUNTER -> meter.counterBuilder(name).setDescription(sample.description())
                    .buildWithCallback(measurement -> measurement.record(sample.value().getAsLong()));
            case GAUGE -> meter.gaugeBuilder(name).ofLongs().setDescription(sample.description())
                    .buildWithCallback(measurement -> measurement.record(sample.value().getAsLong()));
        };
    }

    private static AutoCloseable register(Meter meter, ToLongFunction<MessageCode> denials) {
        Map<MessageCode, Attributes> attributes = Stream.of(MessageCode.values())
                .collect(toImmutableEnumMap(code -> code, code -> Attributes.of(CODE, code.toString())));
        return meter.counterBuilder(PREFIX + DENIALS).setDescription(DENIALS_DESCRIPTION)
                .buildWithCallback(measurement -> attributes
                        .forEach((code, labels) -> measurement.record(denials.applyAsLong(code), labels)));
    }

    @Override
    public void close() {
        for (AutoCloseable instrument : instruments) {
            try {
                instrument.close();
            }
            catch (Exception e) {
                throw new IllegalStateException("an instrument cannot be closed", e);
            }
        }
    }
}
