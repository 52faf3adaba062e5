package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.impact.ProposedChange;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a bundle would do, were it applied.
///
/// @param described the columns that the tables of the bundle really have; empty where there is no such table
record Preview(List<PlannedChange> changes, ProposedChange change, Map<ObjectName, Optional<List<Column>>> described) {
    Preview {
        changes = ImmutableList.copyOf(changes);
        requireNonNull(change, "change is null");
        described = ImmutableMap.copyOf(described);
    }
}
