package io.github.trinopolicy.fingerprint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the parts of an answer that are JSON.
final class Answers {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Answers() {
    }

    static List<Double> numbers(String json) {
        return read(json, new TypeReference<>() {
        });
    }

    /// Empty for NULL.
    static Map<String, Long> counts(@Nullable String json) {
        return json == null ? ImmutableMap.of() : read(json, new TypeReference<>() {
        });
    }

    private static <T> T read(String json, TypeReference<T> type) {
        try {
            return MAPPER.readValue(json, type);
        }
        catch (JsonProcessingException e) {
            // without the cause, whose message quotes what it reads
            throw new IllegalStateException("Trino answered a statement of a fingerprint in a form that is not known");
        }
    }
}
