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
import java.util.stream.IntStream;

/// All users, parted into those whom the policies of a table do not tell apart, so that each kind of user is decided once. Beside the
/// declared users there are "(any other user)", who is entitled to nothing, and for each group somebody who is in it alone.
final class UserClasses {
    private static final int SMALL_TABLE = 1 << 16;

    private static final int ONLY_BEFORE = 1;
    private static final int ONLY_AFTER = 2;
    private static final int ALWAYS = 3;

    private final List<Member> members;
    private final List<Member> changed;
    private final int[] byExemption;
    private final boolean changesExemption;
    private final Map<Trait, Values> values = new HashMap<>();

    private UserClasses(List<Member> members, Predicate<Subject> exempt) {
        this.members = ImmutableList.copyOf(members);
        this.changed = members.stream().filter(Member::changes).collect(toImmutableList());
        this.byExemption = members.stream().mapToInt(member -> (exempt.test(member.before()) ? ONLY_BEFORE : 0)
                + (exempt.test(member.after()) ? ONLY_AFTER : 0)).toArray();
        this.changesExemption = IntStream.of(byExemption).anyMatch(UserClasses::changesExemption);
    }

    /// @param exempt whether no policy applies to a user
    static UserClasses of(ProposedChange change, Predicate<Subject> exempt, Instant now) {
        List<Member> members = new ArrayList<>();
        members.add(member(change, "(any other user)", false, ImmutableSet.of(), now));
        names(change, Kind.GROUP).forEach(group -> members.add(member(change, "(others in group %s)".formatted(group), false,
                ImmutableSet.of(group), now)));
        users(change).forEach(user -> members.add(member(change, user, true, ImmutableSet.of(), now)));
        return new UserClasses(members, exempt);
    }

    private static Member member(ProposedChange change, String user, boolean declared, Set<String> groups, Instant now) {
        Subject before = Entitlements.of(change.before(), user, groups, now);
        Subject after = Entitlements.of(change.after(), user, groups, now);
        return new Member(user, declared, before, after, !before.equals(after));
    }

    /// Of whom a document, a call or an attribute source says something.
    private static Set<String> users(ProposedChange change) {
        Set<String> users = names(change, Kind.USER);
        users.addAll(change.before().sourcedUsers());
        users.addAll(change.after().sourcedUsers());
        return users;
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
    /// @param changes whether he is entitled to something else after the change
    record Member(String name, boolean declared, Subject before, Subject after, boolean changes) {
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

    /// A trait of all members, before and after, as numbers from 0.
    private record Values(ImmutableIntArray before, ImmutableIntArray after, int count, boolean change) {}

    private Values values(Trait trait) {
        return values.computeIfAbsent(trait, _ -> {
            Map<Object, Integer> numbers = new HashMap<>();
            int[] before = new int[members.size()];
            int[] after = new int[members.size()];
            boolean change = false;
            for (int i = 0; i < members.size(); i++) {
                Member member = members.get(i);
                before[i] = number(numbers, trait.of(member.before()));
                after[i] = member.changes() ? number(numbers, trait.of(member.after())) : before[i];
                change |= before[i] != after[i];
            }
            return new Values(ImmutableIntArray.copyOf(before), ImmutableIntArray.copyOf(after), numbers.size(), change);
        });
    }

    private static int number(Map<Object, Integer> numbers, Object value) {
        Integer next = numbers.size();
        Integer known = numbers.putIfAbsent(value, next);
        return known == null ? next : known;
    }

    /// True when the change makes some user another in one of the traits, or exempt.
    boolean change(Set<Trait> traits) {
        return changesExemption || changed.stream()
                .anyMatch(member -> traits.stream().anyMatch(trait -> !trait.of(member.before()).equals(trait.of(member.after()))));
    }

    private static boolean changesExemption(int exemption) {
        return exemption == ONLY_BEFORE || exemption == ONLY_AFTER;
    }

    /// The users, parted by what the traits tell of them.
    List<UserClass> by(Set<Trait> traits) {
        int[] classes = byExemption.clone();
        int count = ALWAYS + 1;
        boolean[] changes = new boolean[members.size()];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = changesExemption(classes[i]);
        }
        for (Trait trait : traits) {
            Values value = values(trait);
            count = refine(classes, count, value.before(), value.count());
            if (value.change()) {
                count = refine(classes, count, value.after(), value.count());
                for (int i = 0; i < changes.length; i++) {
                    changes[i] |= value.before().get(i) != value.after().get(i);
                }
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

    /// Parts each class by the values of its members.
    ///
    /// @return how many classes there are then, numbered from 0
    private static int refine(int[] classes, int classCount, ImmutableIntArray values, int valueCount) {
        // a table where it is small, since most traits have two values
        boolean small = (long) classCount * valueCount <= SMALL_TABLE;
        int[] table = new int[small ? classCount * valueCount : 0];
        Map<Long, Integer> map = new HashMap<>();
        int next = 0;
        for (int i = 0; i < classes.length; i++) {
            long pair = (long) classes[i] * valueCount + values.get(i);
            int known = small ? table[(int) pair] : map.getOrDefault(pair, 0);
            if (known == 0) {
                next++;
                known = next;
                if (small) {
                    table[(int) pair] = known;
                }
                else {
                    map.put(pair, known);
                }
            }
            classes[i] = known - 1;
        }
        return next;
    }
}
