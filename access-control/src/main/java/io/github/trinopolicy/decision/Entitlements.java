package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads from a snapshot what a user is entitled to.
public final class Entitlements {
    private Entitlements() {
    }

    /// The user at work in the project that he chose, if any.
    ///
    /// @param identityGroups groups that Trino knows of the user
    /// @param now expired memberships and values do not count
    public static Subject of(PolicySnapshot snapshot, String user, Set<String> identityGroups, Instant now) {
        Subject subject = outsideProjects(snapshot, user, identityGroups, now);
        return Optional.ofNullable(snapshot.currentProjects().get(user)).map(project -> inProject(snapshot, subject, project))
                .orElse(subject);
    }

    /// The user at work in a project: with its purposes, confined to its data sources, and in an equalized one also with
    /// what all members are entitled to. Where there is no such project, or he is no
    /// member of it, the project is lost.
    public static Subject inProject(PolicySnapshot snapshot, Subject subject, String project) {
        Optional<Project> joined = snapshot.project(project).filter(found -> found.members().contains(subject.user(), subject.groups()));
        Set<String> purposes = joined.stream()
                .flatMap(found -> found.purposes().stream())
                .flatMap(purpose -> DottedPath.selfAndAncestors(purpose).stream())
                .collect(toImmutableSet());
        return new Subject(subject.user(), subject.groups(), subject.attributes(), purposes, joined.map(Project::name),
                joined.isPresent() ? Optional.empty() : Optional.of(project),
                joined.filter(Project::equalized).map(found -> snapshot.commonEntitlements(found, subject.moment())), subject.moment());
    }

    /// The user as he is without a project.
    ///
    /// @param identityGroups groups that Trino knows of the user
    /// @param now expired memberships and values do not count
    public static Subject outsideProjects(PolicySnapshot snapshot, String user, Set<String> identityGroups, Instant now) {
        Set<String> groups = new HashSet<>(identityGroups);
        ImmutableSetMultimap.Builder<String, String> attributes = ImmutableSetMultimap.builder();
        snapshot.user(user).ifPresent(declared -> {
            declared.groups().stream().filter(membership -> membership.holdsAt(now)).map(Membership::group).forEach(groups::add);
            addAttributes(declared.attributes(), now, attributes);
        });
        snapshot.sourcedAttributes(user).stream().filter(sourced -> sourced.value().holdsAt(now))
                .forEach(sourced -> attributes.put(sourced.attribute(), sourced.value().value()));
        addAttributes(snapshot, groups, now, attributes);
        return new Subject(user, groups, attributes.build(), ImmutableSet.of(), Optional.empty(), now);
    }

    /// Somebody of whom nothing is known but that he is in the group. He has no name.
    static Subject ofUnknownMember(PolicySnapshot snapshot, String group, Instant now) {
        ImmutableSetMultimap.Builder<String, String> attributes = ImmutableSetMultimap.builder();
        addAttributes(snapshot, ImmutableSet.of(group), now, attributes);
        return new Subject("", ImmutableSet.of(group), attributes.build(), ImmutableSet.of(), Optional.empty(), now);
    }

    private static void addAttributes(PolicySnapshot snapshot, Set<String> groups, Instant now,
            ImmutableSetMultimap.Builder<String, String> attributes) {
        groups.forEach(name -> snapshot.group(name).ifPresent(group -> addAttributes(group.attributes(), now, attributes)));
    }

    private static void addAttributes(Map<String, List<AttributeValue>> values, Instant now,
            ImmutableSetMultimap.Builder<String, String> attributes) {
        values.forEach(
                (name, list) -> list.stream().filter(value -> value.holdsAt(now)).forEach(value -> attributes.put(name, value.value())));
    }
}
