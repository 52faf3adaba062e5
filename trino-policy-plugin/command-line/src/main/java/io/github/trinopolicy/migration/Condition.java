package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A condition on a user, as far as policy texts can say it. Immutable; equal conditions that are built alike are equal records.
sealed interface Condition {
    Condition NOBODY = new Fixed(false);
    Condition EVERYBODY = new Fixed(true);

    record Fixed(boolean value) implements Condition {}

    /// The user has one of the names, or a name that begins with one of the prefixes.
    record Users(Set<String> names, Set<String> prefixes) implements Condition {
        public Users {
            names = ImmutableSortedSet.copyOf(names);
            prefixes = ImmutableSortedSet.copyOf(prefixes);
        }

        boolean holdsFor(String user) {
            return names.contains(user) || prefixes.stream().anyMatch(user::startsWith);
        }
    }

    /// The user is in one of the groups.
    record Groups(Set<String> names) implements Condition {
        public Groups {
            names = ImmutableSortedSet.copyOf(names);
        }
    }

    /// The user has this value of the attribute.
    record HasAttribute(String name, String value) implements Condition {}

    /// The user works for the purpose.
    record UsesPurpose(String name) implements Condition {}

    record All(List<Condition> terms) implements Condition {
        public All {
            terms = ImmutableList.copyOf(terms);
        }
    }

    record Any(List<Condition> terms) implements Condition {
        public Any {
            terms = ImmutableList.copyOf(terms);
        }
    }

    record Not(Condition term) implements Condition {}

    static Condition users(Collection<String> names, Collection<String> prefixes) {
        if (prefixes.contains("")) {
            return EVERYBODY;
        }
        return names.isEmpty() && prefixes.isEmpty() ? NOBODY : new Users(Set.copyOf(names), Set.copyOf(prefixes));
    }

    static Condition groups(Collection<String> names) {
        return names.isEmpty() ? NOBODY : new Groups(Set.copyOf(names));
    }

    static Condition not(Condition condition) {
        return switch (condition) {
            case Fixed fixed -> fixed.value() ? NOBODY : EVERYBODY;
            case Not not -> not.term();
            case All all when all.terms().stream().allMatch(Not.class::isInstance) ->
                any(all.terms().stream().map(Condition::not).toList());
            default -> new Not(condition);
        };
    }

    static Condition all(Condition... terms) {
        return all(Arrays.asList(terms));
    }

    static Condition all(Collection<Condition> terms) {
        return joined(terms, true);
    }

    static Condition any(Condition... terms) {
        return any(Arrays.asList(terms));
    }

    static Condition any(Collection<Condition> terms) {
        return joined(terms, false);
    }

    private static Condition joined(Collection<Condition> terms, boolean conjunction) {
        Set<Condition> flat = new LinkedHashSet<>();
        for (Condition term : terms) {
            List<Condition> parts = switch (term) {
                case All all when conjunction -> all.terms();
                case Any any when !conjunction -> any.terms();
                default -> ImmutableList.of(term);
            };
            flat.addAll(parts);
        }
        Condition neutral = conjunction ? EVERYBODY : NOBODY;
        Condition deciding = not(neutral);
        flat.remove(neutral);
        if (flat.contains(deciding) || flat.stream().anyMatch(term -> flat.contains(not(term)))) {
            return deciding;
        }
        List<Condition> left = conjunction ? ImmutableList.copyOf(flat) : withNamesJoined(flat);
        return switch (left.size()) {
            case 0 -> neutral;
            case 1 -> left.getFirst();
            default -> conjunction ? new All(left) : new Any(left);
        };
    }

    /// One condition on the name and one on the groups instead of several.
    private static List<Condition> withNamesJoined(Set<Condition> terms) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> prefixes = new LinkedHashSet<>();
        Set<String> groups = new LinkedHashSet<>();
        for (Condition term : terms) {
            if (term instanceof Users users) {
                names.addAll(users.names());
                prefixes.addAll(users.prefixes());
            }
            else if (term instanceof Groups some) {
                groups.addAll(some.names());
            }
        }
        Optional<Condition> users = Optional.of(users(names, prefixes)).filter(condition -> !condition.equals(NOBODY));
        Optional<Condition> inGroups = Optional.of(groups(groups)).filter(condition -> !condition.equals(NOBODY));
        return ImmutableList.<Condition>builder()
                .addAll(users.stream().toList())
                .addAll(inGroups.stream().toList())
                .addAll(terms.stream().filter(term -> !(term instanceof Users || term instanceof Groups)).collect(toImmutableList()))
                .build();
    }
}
