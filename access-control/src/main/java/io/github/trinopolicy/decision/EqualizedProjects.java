package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.Sets;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.CommonEntitlements;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Finds what all members of a project are entitled to, and remembers it until something of it expires. For snapshots with the same users,
/// groups and projects. Thread-safe.
final class EqualizedProjects {
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    /// @param from the last moment at which something expired
    /// @param until the next moment at which something expires
    private record Found(CommonEntitlements common, Instant from, Instant until) {
        private boolean holdsAt(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }
    }

    CommonEntitlements common(PolicySnapshot snapshot, Project project, Instant now) {
        Found known = found.get(project.name());
        if (known == null || !known.holdsAt(now)) {
            known = find(snapshot, project, now);
            found.put(project.name(), known);
        }
        return known.common();
    }

    private static Found find(PolicySnapshot snapshot, Project project, Instant now) {
        CommonEntitlements common = members(snapshot, project, now).stream().map(EqualizedProjects::of)
                .reduce(EqualizedProjects::intersection)
                .orElseGet(() -> new CommonEntitlements(ImmutableSet.of(), ImmutableSetMultimap.of()));
        Instant from = Instant.MIN;
        Instant until = Instant.MAX;
        for (Instant expiry : expiries(snapshot, project).toList()) {
            if (expiry.isAfter(now)) {
                until = expiry.isBefore(until) ? expiry : until;
            }
            else {
                from = expiry.isAfter(from) ? expiry : from;
            }
        }
        return new Found(common, from, until);
    }

    /// Of the groups that are members somebody may be one whom only Trino knows: he has the group, and what all of the group have.
    private static List<Subject> members(PolicySnapshot snapshot, Project project, Instant now) {
        ImmutableList.Builder<Subject> members = ImmutableList.builder();
        project.members().groups().forEach(group -> members.add(Entitlements.ofUnknownMember(snapshot, group, now)));
        project.members().users().forEach(user -> members.add(Entitlements.outsideProjects(snapshot, user, ImmutableSet.of(), now)));
        declared(snapshot).filter(user -> user.groups().stream()
                .anyMatch(membership -> membership.holdsAt(now) && project.members().groups().contains(membership.group())))
                .forEach(user -> members.add(Entitlements.outsideProjects(snapshot, user.name(), ImmutableSet.of(), now)));
        return members.build();
    }

    private static Stream<Instant> expiries(PolicySnapshot snapshot, Project project) {
        Stream<Instant> ofUsers = declared(snapshot).filter(user -> project.members().users().contains(user.name())
                || user.groups().stream().map(Membership::group).anyMatch(project.members().groups()::contains))
                .flatMap(user -> Stream.concat(user.groups().stream().map(Membership::expires).flatMap(Optional::stream),
                        expiries(user.attributes().values())));
        Stream<Instant> ofGroups = snapshot.objectsOf(Kind.GROUP).stream()
                .flatMap(group -> expiries(((Group) group).attributes().values()));
        return Stream.of(ofUsers, ofGroups, snapshot.sourcedExpiries()).flatMap(expiries -> expiries);
    }

    private static Stream<Instant> expiries(Collection<List<AttributeValue>> values) {
        return values.stream().flatMap(List::stream).map(AttributeValue::expires).flatMap(Optional::stream);
    }

    private static Stream<User> declared(PolicySnapshot snapshot) {
        return snapshot.objectsOf(Kind.USER).stream().map(User.class::cast);
    }

    private static CommonEntitlements of(Subject member) {
        return new CommonEntitlements(member.groups(), member.attributes());
    }

    private static CommonEntitlements intersection(CommonEntitlements a, CommonEntitlements b) {
        return new CommonEntitlements(Sets.intersection(a.groups(), b.groups()), ImmutableSetMultimap.copyOf(
                Multimaps.filterEntries(a.attributes(), value -> b.attributes().containsEntry(value.getKey(), value.getValue()))));
    }
}
