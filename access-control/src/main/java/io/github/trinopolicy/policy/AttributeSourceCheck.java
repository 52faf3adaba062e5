package io.github.trinopolicy.policy;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.AttributeSource;
import java.time.Duration;
import java.util.List;

/// Checks what an attribute source says, without any table.
public final class AttributeSourceCheck {
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(30);

    private AttributeSourceCheck() {
    }

    /// @param key of the document under which the mistake stands
    /// @param line within the text of the key, from 1
    /// @param column within the line, from 1
    public record Mistake(String key, String message, int line, int column) {}

    public static List<Mistake> mistakes(AttributeSource source) {
        ImmutableList.Builder<Mistake> mistakes = ImmutableList.builder();
        try {
            SourceQuery.parse(source.query());
        }
        catch (PolicyTextException e) {
            mistakes.add(new Mistake("query", String.valueOf(e.getMessage()), e.line(), e.column()));
        }
        if (source.interval().compareTo(SHORTEST_INTERVAL) < 0 || source.interval().compareTo(LONGEST_INTERVAL) > 0) {
            mistakes.add(new Mistake("interval", "an attribute source is read every 10s at most and every 30d at least", 1, 1));
        }
        return mistakes.build();
    }
}
