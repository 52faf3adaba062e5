package io.github.trinopolicy.migration;

import static io.github.trinopolicy.migration.Condition.EVERYBODY;
import static io.github.trinopolicy.migration.Condition.NOBODY;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.migration.Condition.All;
import io.github.trinopolicy.migration.Condition.Any;
import io.github.trinopolicy.migration.Condition.Fixed;
import io.github.trinopolicy.migration.Condition.Groups;
import io.github.trinopolicy.migration.Condition.HasAttribute;
import io.github.trinopolicy.migration.Condition.Not;
import io.github.trinopolicy.migration.Condition.Users;
import io.github.trinopolicy.migration.Condition.UsesPurpose;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Decides whether a condition holds for some user: tries each name that it tells apart and, for each, the memberships that matter. Whoever
/// asks must be safe with "yes", which is also the answer when a condition takes too many steps. Not thread-safe.
final class Satisfiability {
    private static final int MAX_STEPS = 100_000;
    /// No login has such a name.
    private static final String ANYBODY_ELSE = "\u0000";

    private final Map<Condition, Boolean> known = new HashMap<>();
    private int steps;

    boolean isSatisfiable(Condition condition) {
        if (condition instanceof Fixed fixed) {
            return fixed.value();
        }
        return known.computeIfAbsent(condition, this::search);
    }

    /// True when every user for whom `condition` holds is one for whom `consequence` holds.
    boolean implies(Condition condition, Condition consequence) {
        return !isSatisfiable(Condition.all(condition, Condition.not(consequence)));
    }

    private boolean search(Condition condition) {
        steps = 0;
        Set<String> users = new LinkedHashSet<>();
        collectUsers(condition, users);
        return users.stream().anyMatch(user -> holdsForSomeMember(
                replaced(condition, atom -> atom instanceof Users, atom -> ((Users) atom).holdsFor(user))));
    }

    private boolean holdsForSomeMember(Condition condition) {
        if (condition instanceof Fixed fixed) {
            return fixed.value();
        }
        steps++;
        if (steps > MAX_STEPS) {
            return true;
        }
        Condition fact = firstFact(condition).orElseThrow();
        return holdsForSomeMember(assuming(condition, fact, true)) || holdsForSomeMember(assuming(condition, fact, false));
    }

    private static Condition assuming(Condition condition, Condition fact, boolean value) {
        if (!(fact instanceof Groups group)) {
            return replaced(condition, fact::equals, _ -> value);
        }
        String name = group.names().iterator().next();
        return switch (condition) {
            case Groups groups when groups.names().contains(name) -> value
                    ? EVERYBODY
                    : Condition.groups(groups.names().stream().filter(other -> !other.equals(name)).toList());
            case All all -> Condition.all(all.terms().stream().map(term -> assuming(term, fact, value)).toList());
            case Any any -> Condition.any(any.terms().stream().map(term -> assuming(term, fact, value)).toList());
            case Not not -> Condition.not(assuming(not.term(), fact, value));
            default -> condition;
        };
    }

    private static Condition replaced(Condition condition, Predicate<Condition> which, Predicate<Condition> value) {
        return switch (condition) {
            case All all -> Condition.all(all.terms().stream().map(term -> replaced(term, which, value)).toList());
            case Any any -> Condition.any(any.terms().stream().map(term -> replaced(term, which, value)).toList());
            case Not not -> Condition.not(replaced(not.term(), which, value));
            default -> which.test(condition) ? (value.test(condition) ? EVERYBODY : NOBODY) : condition;
        };
    }

    /// Something that is either so or not of a user: one group, one value, one purpose.
    private static Optional<Condition> firstFact(Condition condition) {
        return switch (condition) {
            case Groups groups -> Optional.of(new Groups(ImmutableSet.of(groups.names().iterator().next())));
            case HasAttribute _,UsesPurpose _ -> Optional.of(condition);
            case All all -> all.terms().stream().map(Satisfiability::firstFact).flatMap(Optional::stream).findFirst();
            case Any any -> any.terms().stream().map(Satisfiability::firstFact).flatMap(Optional::stream).findFirst();
            case Not not -> firstFact(not.term());
            case Users _,Fixed _ -> Optional.empty();
        };
    }

    private static void collectUsers(Condition condition, Set<String> users) {
        users.add(ANYBODY_ELSE);
        switch (condition) {
            case Users some -> {
                users.addAll(some.names());
                some.prefixes().forEach(prefix -> users.add(prefix + ANYBODY_ELSE));
            }
            case All all -> all.terms().forEach(term -> collectUsers(term, users));
            case Any any -> any.terms().forEach(term -> collectUsers(term, users));
            case Not not -> collectUsers(not.term(), users);
            default -> {
            }
        }
    }
}
