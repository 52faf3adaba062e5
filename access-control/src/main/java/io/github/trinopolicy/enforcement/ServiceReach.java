package io.github.trinopolicy.enforcement;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import java.util.Set;

/// What a run of the service user reads.
///
/// @param throughViews whether a view among the tables shows what its owner may read; otherwise a view is refused
record ServiceReach(Set<ObjectName> tables, boolean throughViews) {
    ServiceReach {
        tables = ImmutableSet.copyOf(tables);
    }
}
