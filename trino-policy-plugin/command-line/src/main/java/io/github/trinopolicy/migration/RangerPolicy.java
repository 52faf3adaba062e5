package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One policy of an export of Apache Ranger.
///
/// @param position where it stands
/// @param tag the policy is of a service of type `tag`
/// @param resources what it is for, by the name of the level: `catalog`, `schema`, `table`, `column`, or `tag`
record RangerPolicy(Element position, boolean tag, Kind kind, Map<String, Resource> resources, List<Item> allow, List<Item> allowExceptions,
        List<Item> deny, List<Item> denyExceptions, boolean denyAllElse, List<Item> transformations) {
    RangerPolicy {
        resources = ImmutableMap.copyOf(resources);
        allow = ImmutableList.copyOf(allow);
        allowExceptions = ImmutableList.copyOf(allowExceptions);
        deny = ImmutableList.copyOf(deny);
        denyExceptions = ImmutableList.copyOf(denyExceptions);
        transformations = ImmutableList.copyOf(transformations);
    }

    enum Kind {
        ACCESS,
        MASK,
        ROW_FILTER,
    }

    /// @param element where it stands
    record Resource(Element element, Set<String> values, boolean excludes) {
        static final String EVERYTHING = "*";

        Resource {
            values = ImmutableSet.copyOf(values);
        }

        boolean isEverything() {
            return !excludes && values.contains(EVERYTHING);
        }

        boolean isLiteral() {
            return !excludes && values.stream().noneMatch(RangerPolicy::isWildcard);
        }
    }

    /// @param accesses in lower case, without the name of a component
    /// @param transformation of a mask or row filter: its type and text
    record Item(Element element, Set<String> accesses, Who who, Optional<Transformation> transformation) {
        Item {
            accesses = ImmutableSet.copyOf(accesses);
        }

        boolean gives(String access) {
            return accesses.contains(access) || accesses.contains("all");
        }
    }

    /// @param type of a mask, such as `MASK_HASH`; empty for a row filter
    /// @param text of a custom mask or a row filter; empty where there is none
    record Transformation(Element element, String type, String text) {}

    static boolean isWildcard(String value) {
        return value.contains("*") || value.contains("?");
    }

    /// Those to whom the policy certainly gives the access.
    Condition given(String access) {
        List<Condition> excepted = allowExceptions.stream().filter(item -> item.gives(access) || item.accesses().isEmpty())
                .map(item -> item.who().possible()).toList();
        return Condition.all(Condition.any(allow.stream().filter(item -> item.gives(access)).map(item -> item.who().certain()).toList()),
                Condition.not(Condition.any(excepted)));
    }

    /// Those to whom the policy may refuse one of the accesses.
    Condition refused(Set<String> accesses) {
        ImmutableList.Builder<Condition> refused = ImmutableList.builder();
        for (Item item : deny) {
            Set<String> meant = accesses.stream().filter(item::gives).collect(ImmutableSet.toImmutableSet());
            if (!meant.isEmpty()) {
                Condition excepted = Condition.any(denyExceptions.stream().filter(exception -> meant.stream().allMatch(exception::gives))
                        .map(exception -> exception.who().certain()).toList());
                refused.add(Condition.all(item.who().possible(), Condition.not(excepted)));
            }
        }
        return Condition.any(refused.build());
    }
}
