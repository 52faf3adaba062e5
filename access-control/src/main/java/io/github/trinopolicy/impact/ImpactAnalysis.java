package io.github.trinopolicy.impact;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TableReach;
import io.github.trinopolicy.enforcement.UngovernedTables;
import io.github.trinopolicy.impact.UserClasses.Member;
import io.github.trinopolicy.impact.UserClasses.UserClass;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.Trait;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds out who would see what otherwise after a change.
///
/// Only tables that the change can touch are looked at: one of its policies concerns them, something else is said of them or of what holds
/// them, or their policies look at something that the change makes otherwise in a user. Of each such table, users whom its policies do not
/// tell apart are decided once. Columns are those that the store knows; nothing asks a connector.
public final class ImpactAnalysis {
    /// Stands for every table of a schema of which the store knows nothing; no table has this name.
    private static final String ANY_OTHER = "";
    private static final int NAMED_USERS = 10;

    private final PolicyEvaluator evaluator;
    private final Predicate<Subject> exempt;
    private final UngovernedTables ungovernedTables;
    private final Function<String, Type> types;
    private final Limits limits;

    /// How much is answered at most.
    ///
    /// @param decisions how many decisions are made, so that a change that touches everything does not keep the coordinator busy
    public record Limits(int rows, int decisions) {
        public static final Limits DEFAULT = new Limits(10_000, 500_000);
    }

    /// @param decisions how often the policies of a table were decided for a kind of user
    public record Result(List<ImpactRow> rows, long decisions) {
        public Result {
            rows = ImmutableList.copyOf(rows);
        }
    }

    /// @param exempt whether no policy applies to a user
    /// @param types reads a type as the store writes it
    public ImpactAnalysis(PolicyEvaluator evaluator, Predicate<Subject> exempt, UngovernedTables ungovernedTables,
            Function<String, Type> types, Limits limits) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.exempt = requireNonNull(exempt, "exempt is null");
        this.ungovernedTables = requireNonNull(ungovernedTables, "ungovernedTables is null");
        this.types = requireNonNull(types, "types is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /// @param now when expiry is judged
    public Result analyze(ProposedChange change, Instant now) {
        return new Run(change, UserClasses.of(change, exempt, now)).result();
    }

    private record Difference(Optional<String> column, String before, String after) {}

    /// One analysis.
    private final class Run {
        private final ProposedChange change;
        private final UserClasses users;
        private final ChangedTables tables;
        private final boolean stagesNothing;
        private final List<ImpactRow> rows = new ArrayList<>();
        private long decisions;

        private Run(ProposedChange change, UserClasses users) {
            this.change = change;
            this.users = users;
            this.tables = new ChangedTables(change, types);
            this.stagesNothing = change.stagesNothing();
        }

        private Result result() {
            int left = 0;
            for (ObjectName table : objects()) {
                TableReach before = TableReach.of(change.before(), table);
                TableReach after = TableReach.of(change.activated(), table);
                Set<Trait> traits = Sets.union(before.traits(), after.traits()).immutableCopy();
                boolean touched = tables.isTouched(table, before, after);
                if (!touched && !users.change(traits)) {
                    continue;
                }
                if (left > 0 || rows.size() >= limits.rows() || decisions >= limits.decisions()) {
                    left++;
                    continue;
                }
                left += add(table, touched, users.by(traits)) ? 0 : 1;
            }
            if (rows.size() > limits.rows()) {
                rows.subList(limits.rows(), rows.size()).clear();
                left++;
            }
            if (left > 0) {
                rows.add(new ImpactRow("...", "%s more".formatted(left), Optional.empty(), "not shown",
                        "not shown: the answer is limited to %s rows; see a smaller bundle for all of it".formatted(limits.rows())));
            }
            return new Result(rows, decisions);
        }

        /// False where not all users were looked at.
        private boolean add(ObjectName table, boolean touched, List<UserClass> classes) {
            List<Column> columns = tables.columns(table);
            boolean complete = true;
            Map<List<Difference>, List<Member>> byDifferences = new LinkedHashMap<>();
            for (UserClass userClass : classes) {
                if (!touched && !userClass.entitlementsChange()) {
                    continue;
                }
                if (decisions >= limits.decisions()) {
                    complete = false;
                    break;
                }
                List<Difference> differences = differences(table, columns, userClass.representative());
                if (!differences.isEmpty()) {
                    byDifferences.computeIfAbsent(differences, _ -> new ArrayList<>()).addAll(userClass.members());
                }
            }
            byDifferences.forEach((differences, members) -> differences.forEach(difference -> rows
                    .add(new ImpactRow(names(members), objectName(table), difference.column(), difference.before(), difference.after()))));
            return complete;
        }

        private List<Difference> differences(ObjectName table, List<Column> columns, Member member) {
            Seen before = seen(change.before(), member.before(), table, columns);
            Seen after = seen(change.after(), member.after(), table, columns);
            Seen activated = stagesNothing ? after : seen(change.activated(), member.after(), table, columns);
            List<Difference> differences = new ArrayList<>();
            compare(differences, Optional.empty(), before.access(), after.access(), activated.access());
            if (after.nothing() && activated.nothing()) {
                return differences;
            }
            compare(differences, Optional.empty(), before.rowsInWords(), after.rowsInWords(), activated.rowsInWords());
            for (Column column : columns) {
                compare(differences, Optional.of(column.name()), before.column(column.name()), after.column(column.name()),
                        activated.column(column.name()));
            }
            return differences;
        }

        private Seen seen(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
            List<String> names = columns.stream().map(Column::name).toList();
            if (exempt.test(subject)) {
                return Seen.everything("own, exempt by configuration", names);
            }
            if (!snapshot.isGoverned(table)) {
                String access = "not governed: " + ungovernedTables.name().toLowerCase(ENGLISH);
                return ungovernedTables == UngovernedTables.DENY ? Seen.nothing(access) : Seen.everything(access, names);
            }
            decisions++;
            return Seen.of(evaluator.appearance(snapshot, subject, table, columns));
        }

        /// Tables that the store knows, and for each registered catalog and schema one that stands for all others.
        private Set<ObjectName> objects() {
            Map<String, ObjectName> objects = new TreeMap<>();
            Stream.concat(tables.known().stream(), tables.containers().stream().map(ImpactAnalysis::anyTable))
                    .forEach(table -> objects.put(objectName(table), table));
            return ImmutableSet.copyOf(objects.values());
        }
    }

    /// What differs; of a policy that is only staged, what would.
    private static void compare(List<Difference> differences, Optional<String> column, String before, String after, String activated) {
        if (before.equals(after) && after.equals(activated)) {
            return;
        }
        String staged = activated + " (staged)";
        differences.add(new Difference(column, before,
                after.equals(activated) ? after : before.equals(after) ? staged : after + "; " + staged));
    }

    private static ObjectName anyTable(ObjectName object) {
        return ObjectName.ofTable(object.catalog(), object.schema().orElse(ANY_OTHER), ANY_OTHER);
    }

    private static String objectName(ObjectName table) {
        if (!table.table().equals(Optional.of(ANY_OTHER))) {
            return table.toString();
        }
        return table.schema().equals(Optional.of(ANY_OTHER))
                ? "%s.*.*".formatted(ObjectName.ofCatalog(table.catalog()))
                : "%s.*".formatted(table.parent().orElseThrow());
    }

    private static String names(List<Member> members) {
        // who is in a group alone, and differs in nothing from those who are in none, needs no mention
        boolean anybody = members.stream().anyMatch(member -> !member.declared() && member.before().groups().isEmpty());
        Set<String> names = new TreeSet<>();
        members.stream().filter(member -> member.declared() || !anybody || member.before().groups().isEmpty()).map(Member::name)
                .forEach(names::add);
        String named = String.join(", ", names.stream().limit(NAMED_USERS).collect(toImmutableSet()));
        return names.size() <= NAMED_USERS ? named : "%s and %s more".formatted(named, names.size() - NAMED_USERS);
    }
}
