package io.github.trinopolicy.crash;

import static com.google.common.collect.ImmutableList.toImmutableList;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What must not be. Findings of the same shape are counted and told once, with the first of them in full. Thread-safe.
final class Findings {
    private static final Pattern VARIABLE = Pattern.compile("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b|\\d+");

    private final Map<String, Finding> byShape = new LinkedHashMap<>();

    synchronized void add(String text) {
        byShape.compute(VARIABLE.matcher(text).replaceAll("#"),
                (_, known) -> known == null ? new Finding(Instant.now(), text, 1) : known.again());
    }

    synchronized List<String> texts() {
        return byShape.values().stream().map(Finding::toString).collect(toImmutableList());
    }

    synchronized boolean isEmpty() {
        return byShape.isEmpty();
    }

    private record Finding(Instant first, String text, int times) {
        Finding again() {
            return new Finding(first, text, times + 1);
        }

        @Override
        public String toString() {
            return "%s, %s: %s".formatted(first, times == 1 ? "once" : times + " times", text);
        }
    }
}
