package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Membership;
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

    /// @param identityGroups groups that Trino knows of the user
    /// @param now expired memberships and values do not count
    public static Subject of(PolicySnapshot snapshot, String user, Set<String> identityGroups, Instant now) {
        Set<String> groups = new HashSet<>(identityGroups);
        ImmutableSetMultimap.Builder<String, String> attributes = ImmutableSetMultimap.builder();
        snapshot.user(user).ifPresent(declared -> {
            declared.groups().stream().filter(membership -> membership.holdsAt(now)).map(Membership::group).forEach(groups::add);
            addAttributes(declared.attributes(), now, attributes);
        });
        groups.forEach(name -> snapshot.group(name).ifPresent(group -> addAttributes(group.attributes(), now, attributes)));
        return new Subject(user, groups, attributes.build(), ImmutableSet.of(), Optional.empty());
    }

    private static void addAttributes(Map<String, List<AttributeValue>> values, Instant now,
            ImmutableSetMultimap.Builder<String, String> attributes) {
        values.forEach(
                (name, list) -> list.stream().filter(value -> value.holdsAt(now)).forEach(value -> attributes.put(name, value.value())));
    }
}
