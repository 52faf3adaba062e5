package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TimeWindow;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.spi.type.Type;
import java.time.ZoneId;
import java.util.Optional;

/// Decides filters by the event time of a table. Thread-safe.
final class TimeWindows {
    private final ZoneId zone;

    TimeWindows(ZoneId zone) {
        this.zone = requireNonNull(zone, "zone is null");
    }

    /// What the table lacks for any such filter, in words that follow "there is".
    Optional<String> missing(TableRow row) {
        Optional<String> column = row.table().eventTime();
        if (column.isEmpty()) {
            return Optional.of("no event_time in its DataSource");
        }
        Optional<Type> type = row.type(column.get());
        if (type.isEmpty()) {
            return Optional.of("no column '%s', its event_time".formatted(column.get()));
        }
        return type.filter(TimeWindow::serves).isPresent()
                ? Optional.empty()
                : Optional.of("no date or timestamp in its event_time '%s'".formatted(column.get()));
    }

    /// @param row of a table that lacks nothing
    FilterDecision decide(String policy, Policy.RowRule.TimeWindow window, Subject subject, TableRow row) {
        String column = row.table().eventTime().orElseThrow();
        TimeWindow rows = new TimeWindow(window.newer(), window.limit(), zone);
        String words = "%s than %s".formatted(window.newer() ? "newer" : "older", window.limit());
        return new FilterDecision(policy,
                Optional.of(TrinoSql.format(rows.condition(column, row.type(column).orElseThrow(), subject.moment()))),
                Optional.of("'%s' %s".formatted(column, words)), "column '%s' must be %s".formatted(column, words), false);
    }
}
