package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.ObjectName;
import java.util.Optional;
import java.util.Set;

/// The catalogs, schemas and tables of which documents may speak.
final class RegisteredObjects {
    private final PolicySnapshot snapshot;

    RegisteredObjects(PolicySnapshot snapshot) {
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
    }

    /// What is wrong with the name; empty for an object that is governed, or that holds something governed.
    Optional<String> missing(ObjectName object) {
        if (snapshot.isGoverned(object)
                || snapshot.dataSources().stream().anyMatch(dataSource -> object.contains(dataSource.objectName()))) {
            return Optional.empty();
        }
        Set<String> registered = snapshot.dataSources().stream().map(dataSource -> dataSource.objectName().toString())
                .collect(toImmutableSet());
        return Optional.of("'%s' is not registered%s; add a document of kind DataSource".formatted(object,
                Wording.didYouMean(object.toString(), registered)));
    }
}
