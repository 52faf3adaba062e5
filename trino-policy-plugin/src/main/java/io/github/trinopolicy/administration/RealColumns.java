package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.model.ObjectName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The columns that tables really have, each table asked once. Not thread-safe.
final class RealColumns {
    private final Function<ObjectName, Optional<List<Column>>> describer;
    private final Map<ObjectName, Optional<List<Column>>> asked = new HashMap<>();

    RealColumns(Function<ObjectName, Optional<List<Column>>> describer) {
        this.describer = requireNonNull(describer, "describer is null");
    }

    /// For changes that say nothing of columns.
    static RealColumns none() {
        return new RealColumns(_ -> Optional.empty());
    }

    /// Empty where there is no such table.
    Optional<List<Column>> of(ObjectName table) {
        return asked.computeIfAbsent(table, describer);
    }

    /// The answers so far.
    Map<ObjectName, Optional<List<Column>>> asked() {
        return ImmutableMap.copyOf(asked);
    }
}
