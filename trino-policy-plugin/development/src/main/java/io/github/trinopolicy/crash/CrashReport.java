package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a run did, and what it found.
///
/// @param kills by node
/// @param acts that succeeded, by kind
/// @param interruptions acts that failed as they may, by kind of failure
/// @param lostQueries how long before the kill of a coordinator the queries were answered that are not in the audit log
/// @param findings empty if all is well
public record CrashReport(
        long seed,
        Duration duration,
        Map<String, Long> kills,
        Map<String, Long> acts,
        Map<String, Long> interruptions,
        List<Duration> lostQueries,
        List<String> findings) {
    public CrashReport {
        requireNonNull(duration, "duration is null");
        kills = ImmutableSortedMap.copyOf(kills);
        acts = ImmutableSortedMap.copyOf(acts);
        interruptions = ImmutableSortedMap.copyOf(interruptions);
        lostQueries = ImmutableList.copyOf(lostQueries);
        findings = ImmutableList.copyOf(findings);
    }

    /// For a terminal.
    public String text() {
        StringBuilder text = new StringBuilder("seed %s, %s s%n".formatted(seed, duration.toSeconds()));
        text.append("killed: ").append(list(kills)).append('\n');
        text.append("done: ").append(list(acts)).append('\n');
        text.append("interrupted: ").append(list(interruptions)).append('\n');
        text.append("query rows lost: ").append(lostQueries.size());
        lostQueries.stream().max(Duration::compareTo)
                .ifPresent(oldest -> text.append(", the oldest answered %s ms before the kill".formatted(oldest.toMillis())));
        text.append("\nfindings: ").append(findings.size()).append('\n');
        findings.forEach(finding -> text.append("  ").append(finding).append('\n'));
        return text.toString();
    }

    static String list(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(joining(", "));
    }
}
