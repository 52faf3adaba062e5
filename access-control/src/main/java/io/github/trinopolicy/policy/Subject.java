package io.github.trinopolicy.policy;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.DottedPath;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A user with everything that entitles him, as it holds at one moment. Immutable.
///
/// @param groups groups of the store united with those that Trino knows
/// @param attributes name to values, the user's own and those of the groups
/// @param purposes purposes in use, through the current project, with their ancestors
/// @param project the current project, of which the user is a member
/// @param lostProject the project that the user chose, where it does not exist any more or he is no member any more: he is in none, and
///        no governed table is his until he chooses anew
/// @param common in an equalized project what all members are entitled to; whatever is decided for the user must hold for that as well
/// @param moment when all this holds; time windows end here, so that a query sees one window however long it is planned
public record Subject(String user, Set<String> groups, ImmutableSetMultimap<String, String> attributes, Set<String> purposes,
        Optional<String> project, Optional<String> lostProject, Optional<CommonEntitlements> common, Instant moment) {
    public Subject {
        requireNonNull(user, "user is null");
        groups = ImmutableSet.copyOf(groups);
        requireNonNull(attributes, "attributes is null");
        purposes = ImmutableSet.copyOf(purposes);
        requireNonNull(project, "project is null");
        requireNonNull(lostProject, "lostProject is null");
        requireNonNull(common, "common is null");
        requireNonNull(moment, "moment is null");
        checkArgument(lostProject.isEmpty() || (project.isEmpty() && purposes.isEmpty()), "in a project that is lost");
    }

    /// A user whose project, if any, is valid.
    public Subject(String user, Set<String> groups, ImmutableSetMultimap<String, String> attributes, Set<String> purposes,
            Optional<String> project, Instant moment) {
        this(user, groups, attributes, purposes, project, Optional.empty(), Optional.empty(), moment);
    }

    /// The user with nothing but what all members of his equalized project are entitled to; empty where he is in none.
    public Optional<Subject> equalized() {
        return common
                .map(all -> new Subject(user, all.groups(), all.attributes(), purposes, project, lostProject, Optional.empty(), moment));
    }

    /// True when the purpose or one below it is in use.
    public boolean usesPurpose(String purpose) {
        return purposes.stream().anyMatch(used -> DottedPath.isSameOrBelow(used, purpose));
    }

    /// Entitlements are confidential; a log line or message shows the name alone.
    @Override
    public String toString() {
        return "Subject[" + user + "]";
    }
}
