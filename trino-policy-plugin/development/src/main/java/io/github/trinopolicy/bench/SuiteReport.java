package io.github.trinopolicy.bench;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The results of a suite for people.
record SuiteReport(String name, String description, Comparison comparison) {
    private static final List<String> HEADINGS = ImmutableList.of("", "nanoseconds", "times the baseline", "target", "bytes allocated",
            "of them beyond the result");

    /// For a terminal.
    String text() {
        StringBuilder text = new StringBuilder("%s: %s%n".formatted(name, description));
        for (List<String> cells : rows()) {
            text.append(String.format(Locale.ROOT, "  %-24s %-28s %-22s %-8s %-16s %s", cells.toArray()).stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /// For the documentation.
    String markdown() {
        List<List<String>> rows = rows();
        StringBuilder text = new StringBuilder("### %s%n%n%s%s.%n%n".formatted(name, description.substring(0, 1).toUpperCase(Locale.ROOT),
                description.substring(1)));
        text.append(line(rows.getFirst()));
        text.append(line(HEADINGS.stream().map(_ -> "---").collect(toImmutableList())));
        rows.stream().skip(1).map(SuiteReport::line).forEach(text::append);
        return text.toString();
    }

    private List<List<String>> rows() {
        ImmutableList.Builder<List<String>> rows = ImmutableList.builder();
        rows.add(HEADINGS);
        Comparison.Baseline baseline = comparison.baseline();
        rows.add(ImmutableList.of(baseline.name(), baseline.time().toString(), "1 (baseline)", "", whole(baseline.bytes()), ""));
        for (Comparison.Rival rival : comparison.rivals()) {
            rows.add(ImmutableList.of(rival.name(), rival.time().toString(), ratio(rival.ratio()),
                    rival.target().map(target -> target(rival.ratio().median(), target)).orElse(""), whole(rival.bytes()),
                    beyond(rival.bytes(), rival.resultBytes())));
        }
        return rows.build();
    }

    /// A digit more than times have: a tenth is a target.
    private static String ratio(Spread ratio) {
        return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", ratio.median(), ratio.min(), ratio.max());
    }

    private static String target(double ratio, double target) {
        return String.format(Locale.ROOT, "%.3f%s", target, ratio <= target ? "" : " missed");
    }

    private static String beyond(double bytes, Optional<Double> resultBytes) {
        return resultBytes.map(result -> whole(Math.max(0, bytes - result))).orElse("");
    }

    /// Allocations are whole bytes; what remains is the profiler's share of its own.
    private static String whole(double bytes) {
        return Double.isNaN(bytes) ? "" : String.format(Locale.ROOT, "%.0f", bytes);
    }

    private static String line(List<String> cells) {
        return "| " + Joiner.on(" | ").join(cells) + " |\n";
    }
}
