package io.github.trinopolicy.fingerprint;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Fingerprints as JSON, as the store keeps them. The version says how to read the rest; what was written by an earlier version of the
/// plugin is read for good.
public final class FingerprintFormat {
    public static final int VERSION = 1;

    private static final String VERSION_FIELD = "version";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private FingerprintFormat() {
    }

    public static String write(Fingerprint fingerprint) {
        try {
            return MAPPER.writeValueAsString(new Document(VERSION, fingerprint.keyId().toString(), fingerprint.rows(),
                    fingerprint.columns().stream().map(Column::of).collect(toImmutableList())));
        }
        catch (JsonProcessingException e) {
            throw new IllegalStateException("A fingerprint cannot be written", e);
        }
    }

    /// @throws InvalidFingerprintException for a version that is not known, or a text that is not of its version
    public static Fingerprint read(String json) {
        try {
            JsonNode tree = MAPPER.readTree(json);
            JsonNode version = tree.get(VERSION_FIELD);
            if (version == null || !version.isInt()) {
                throw new InvalidFingerprintException("The fingerprint does not say its version; take it anew");
            }
            if (version.intValue() != VERSION) {
                throw new InvalidFingerprintException("The fingerprint has version %s, of which this version of the plugin knows nothing; "
                        .formatted(version.intValue()) + "upgrade the plugin or take the fingerprint anew");
            }
            Document document = MAPPER.treeToValue(tree, Document.class);
            return new Fingerprint(UUID.fromString(document.key()), document.rows(),
                    document.columns().stream().map(Column::toModel).collect(toImmutableList()));
        }
        catch (JsonProcessingException | IllegalArgumentException e) {
            throw new InvalidFingerprintException("The fingerprint cannot be read; take it anew");
        }
    }

    private record Document(
            @JsonProperty(value = VERSION_FIELD, required = true) int version,
            @JsonProperty(value = "key", required = true) String key,
            @JsonProperty(value = "rows", required = true) long rows,
            @JsonProperty(value = "columns", required = true) List<Column> columns) {
        Document {
            requireNonNull(key, "key is null");
            columns = ImmutableList.copyOf(columns);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Column(
            @JsonProperty(value = "id", required = true) String id,
            @JsonProperty(value = "type", required = true) String type,
            @JsonProperty(value = "nulls", required = true) long nulls,
            @JsonProperty("distinct") @Nullable Long distinct,
            @JsonProperty(value = "sampled", required = true) long sampled,
            @JsonProperty("numbers") @Nullable Numbers numbers,
            @JsonProperty("text") @Nullable Text text,
            @JsonProperty("shapes") @Nullable Map<String, Long> shapes,
            @JsonProperty("values") @Nullable Map<String, Long> values) {
        Column {
            requireNonNull(id, "id is null");
            requireNonNull(type, "type is null");
            shapes = shapes == null ? ImmutableMap.of() : ImmutableMap.copyOf(shapes);
            values = values == null ? ImmutableMap.of() : ImmutableMap.copyOf(values);
        }

        static Column of(ColumnFingerprint column) {
            return new Column(column.column().toString(), column.type(), column.nulls(),
                    column.distinct().isPresent() ? column.distinct().getAsLong() : null, column.sampled(),
                    column.numbers().map(numbers -> new Numbers(numbers.low(), numbers.high(), numbers.edges(), numbers.counts()))
                            .orElse(null),
                    column.text().map(text -> new Text(text.meanLength(), text.blank())).orElse(null),
                    column.shapes().counts(), column.values().counts());
        }

        ColumnFingerprint toModel() {
            return new ColumnFingerprint(UUID.fromString(id), type, nulls,
                    distinct == null ? OptionalLong.empty() : OptionalLong.of(distinct),
                    sampled,
                    Optional.ofNullable(numbers).map(read -> new NumberSummary(read.low(), read.high(), read.edges(), read.counts())),
                    Optional.ofNullable(text).map(read -> new TextSummary(read.length(), read.blank())),
                    new FrequentCounts(requireNonNull(shapes, "shapes is null")),
                    new FrequentCounts(requireNonNull(values, "values is null")));
        }
    }

    private record Numbers(
            @JsonProperty(value = "low", required = true) double low,
            @JsonProperty(value = "high", required = true) double high,
            @JsonProperty(value = "edges", required = true) List<Double> edges,
            @JsonProperty(value = "counts", required = true) List<Long> counts) {
        Numbers {
            edges = ImmutableList.copyOf(edges);
            counts = ImmutableList.copyOf(counts);
        }
    }

    private record Text(
            @JsonProperty(value = "length", required = true) double length,
            @JsonProperty(value = "blank", required = true) long blank) {}
}
