package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.time.Duration;

/// Applies the next generation of a series.
record Applying(Account administrator, int series, Generations generations) implements Act {
    Applying {
        requireNonNull(administrator, "administrator is null");
        requireNonNull(generations, "generations is null");
    }

    @Override
    public String kind() {
        return "bundles applied";
    }

    @Override
    public void perform() throws SQLException {
        long number = generations.begin();
        administrator.ask(Bundles.call(Bundles.generation(series, number), Bundles.source(series), "generation " + number));
        generations.acknowledge(number);
    }

    @Override
    public Duration rest() {
        return Duration.ofMillis(200);
    }
}
