package io.github.trinopolicy.impact;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import io.github.trinopolicy.decision.Entitlements;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.Trait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// All users, parted into those whom the policies of a table do not tell apart, so that each kind of user is decided once. Beside the
/// declared users there are "(any other user)", who is entitled to nothing, and for each group somebody who is in it alone.
final class UserClasses {
    private final List<Member> members;
    private final int[] byExemption;
    private final Map<Trait, Values> values = new HashMap<>();

    private UserClasses(List<Member> members, Predicate<Subject> exempt) {
        this.members = ImmutableList.copyOf(members);
        this.byExemption = members.stream()
                .mapToInt(member -> (exempt.test(member.before()) ? 1 : 0) + (exempt.test(member.after()) ? 2 : 0))
                .toArray();
    }

    /// @param exempt whether no policy applies to a user
    static UserClasses of(ProposedChange change, Predicate<Subject> exempt, Instant now) {
        List<Member> members = new ArrayList<>();
        members.add(member(change, "(any other user)", ImmutableSet.of(), now));
        names(change, Kind.GROUP).forEach(group -> members.add(member(change, "(others in group %s)".formatted(group),
                ImmutableSet.of(group), now)));
        names(change, Kind.USER).forEach(user -> members.add(member(change, user, ImmutableSet.of(), now)));
        return new UserClasses(members, exempt);
    }

    private static Member member(ProposedChange change, String user, Set<String> groups, Instant now) {
        boolean declared = groups.isEmpty() && (change.before().object(Kind.USER, user).isPresent()
                || change.after().object(Kind.USER, user).isPresent());
        return new Member(user, declared, Entitlements.of(change.before(), user, groups, now),
                Entitlements.of(change.after(), user, groups, now));
    }

    private static Set<String> names(ProposedChange change, Kind kind) {
        Set<String> names = new TreeSet<>();
        for (PolicySnapshot snapshot : List.of(change.before(), change.after())) {
            snapshot.objectsOf(kind).stream().map(PolicyObject::name).forEach(names::add);
        }
        return names;
    }

    /// A user with what he is entitled to.
    ///
    /// @param declared false for those who stand for others
    record Member(String name, boolean declared, Subject before, Subject after) {
        Member {
            requireNonNull(name, "name is null");
        }
    }

    /// Users who see the same.
    ///
    /// @param entitlementsChange whether the change gives or takes from them something that the policies look at
    record UserClass(Member representative, List<Member> members, boolean entitlementsChange) {
        UserClass {
            members = ImmutableList.copyOf(members);
        }
    }

    /// A trait of all members, before and after, as numbers.
    private record Values(ImmutableIntArray before, ImmutableIntArray after, boolean change) {}

    private Values values(Trait trait) {
        return values.computeIfAbsent(trait, _ -> {
            Map<Object, Integer> numbers = new HashMap<>();
            int[] before = new int[members.size()];
            int[] after = new int[members.size()];
            boolean change = false;
            for (int i = 0; i < members.size(); i++) {
                before[i] = number(numbers, trait.of(members.get(i).before()));
                after[i] = number(numbers, trait.of(members.get(i).after()));
                change |= before[i] != after[i];
            }
            return new Values(ImmutableIntArray.copyOf(before), ImmutableIntArray.copyOf(after), change);
        });
    }

    private static int number(Map<Object, Integer> numbers, Object value) {
        Integer next = numbers.size();
        Integer known = numbers.putIfAbsent(value, next);
        return known == null ? next : known;
    }

    /// True when the change makes some user another in one of the traits, or exempt.
    boolean change(Set<Trait> traits) {
        return traits.stream().anyMatch(trait -> values(trait).change()) || changesExemption();
    }

    private boolean changesExemption() {
        for (int exemption : byExemption) {
            if (exemption == 1 || exemption == 2) {
                return true;
            }
        }
        return false;
    }

    /// The users, parted by what the traits tell of them.
    List<UserClass> by(Set<Trait> traits) {
        int[] classes = byExemption.clone();
        boolean[] changes = new boolean[members.size()];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = classes[i] == 1 || classes[i] == 2;
        }
        for (Trait trait : traits) {
            Values value = values(trait);
            classes = refined(refined(classes, value.before()), value.after());
            for (int i = 0; value.change() && i < changes.length; i++) {
                changes[i] |= value.before().get(i) != value.after().get(i);
            }
        }
        Map<Integer, List<Integer>> parts = new HashMap<>();
        for (int i = 0; i < classes.length; i++) {
            parts.computeIfAbsent(classes[i], _ -> new ArrayList<>()).add(i);
        }
        return parts.values().stream()
                .sorted((a, b) -> Integer.compare(a.getFirst(), b.getFirst()))
                .map(part -> new UserClass(members.get(part.getFirst()), part.stream().map(members::get).collect(toImmutableList()),
                        changes[part.getFirst()]))
                .collect(toImmutableList());
    }

    private static int[] refined(int[] classes, ImmutableIntArray values) {
        Map<Long, Integer> numbers = new HashMap<>();
        int[] refined = new int[classes.length];
        for (int i = 0; i < classes.length; i++) {
            Integer next = numbers.size();
            Integer known = numbers.putIfAbsent(((long) classes[i] << Integer.SIZE) | values.get(i), next);
            refined[i] = known == null ? next : known;
        }
        return refined;
    }
}
