package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.SnapshotQuery;
import java.util.Optional;
import java.util.Set;

/// What one run of the service user is about.
///
/// @param read tables that it may read
/// @param throughViews whether a view among the tables shows what its owner may read; otherwise a view is refused
/// @param described what it may ask for the tables and columns of, and read nothing
/// @param fingerprint whether it may call the functions that fingerprints hash values by
record ServiceReach(Set<ObjectName> read, boolean throughViews, Optional<ObjectName> described, boolean fingerprint) {
    ServiceReach {
        read = ImmutableSet.copyOf(read);
        requireNonNull(described, "described is null");
    }

    static ServiceReach reading(Set<ObjectName> tables) {
        return new ServiceReach(tables, true, Optional.empty(), false);
    }

    static ServiceReach readingRaw(ObjectName table) {
        return new ServiceReach(ImmutableSet.of(table), false, Optional.empty(), false);
    }

    static ServiceReach describing(ObjectName dataSource) {
        return new ServiceReach(ImmutableSet.of(), false, Optional.of(dataSource), false);
    }

    static ServiceReach measuring(ObjectName table) {
        return new ServiceReach(ImmutableSet.of(table, SnapshotQuery.references(table)), false, Optional.empty(), true);
    }

    /// True for the tables, and for what holds one of them.
    boolean reads(ObjectName object) {
        return read.stream().anyMatch(object::contains);
    }

    /// True for what it is to describe, for what lies within, and for what holds it.
    boolean describes(ObjectName object) {
        return described.filter(scope -> scope.contains(object) || object.contains(scope)).isPresent();
    }

    /// True for the lists of tables and columns of the catalog that it is to describe.
    boolean mayList(ObjectName systemTable) {
        return described.filter(scope -> scope.catalog().equals(systemTable.catalog())).isPresent()
                && systemTable.schema().filter("information_schema"::equals).isPresent();
    }
}
