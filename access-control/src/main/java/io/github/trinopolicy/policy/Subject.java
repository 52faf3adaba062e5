package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.DottedPath;
import java.util.Optional;
import java.util.Set;

/// A user with everything that entitles him, as it holds at one moment. Immutable.
///
/// @param groups groups of the store united with those that Trino knows
/// @param attributes name to values, the user's own and those of the groups
/// @param purposes purposes in use, through the current project
public record Subject(String user, Set<String> groups, ImmutableSetMultimap<String, String> attributes, Set<String> purposes,
        Optional<String> project) {
    public Subject {
        requireNonNull(user, "user is null");
        groups = ImmutableSet.copyOf(groups);
        requireNonNull(attributes, "attributes is null");
        purposes = ImmutableSet.copyOf(purposes);
        requireNonNull(project, "project is null");
    }

    boolean usesPurpose(String purpose) {
        return purposes.stream().anyMatch(used -> DottedPath.isSameOrBelow(used, purpose));
    }

    /// Entitlements are confidential; a log line or message shows the name alone.
    @Override
    public String toString() {
        return "Subject[" + user + "]";
    }
}
