package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.SchemaEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is remembered of the tables of a data source when a look at them begins.
///
/// @param now when the look begins, by the clock of the database
/// @param last when the last one began; empty when there was none
/// @param tables as they were seen, by this look or by one at a part of the data source
/// @param since what was recorded from the last look on, the first first
public record Observation(Instant now, Optional<Instant> last, List<ObservedTable> tables, List<SchemaEvent> since) {
    public Observation {
        requireNonNull(now, "now is null");
        requireNonNull(last, "last is null");
        tables = ImmutableList.copyOf(tables);
        since = ImmutableList.copyOf(since);
    }
}
