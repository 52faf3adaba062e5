package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.Finding;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.impact.ChangedTables;
import io.github.trinopolicy.impact.ProposedChange;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Project;
import io.trino.spi.type.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// Names in a plan what its author may not have meant: weaker masks that come before stronger ones, tables that a filter closes, masks that
/// cannot serve a column, columns that stay hidden, hashes that
/// change, objects that were renamed. What was so before is not repeated. Thread-safe.
public final class PlanWarnings {
    private static final int NAMED_OBJECTS = 10;

    private final PolicyEvaluator evaluator;
    private final Function<String, Type> types;
    private final RenameHistory renames;

    /// @param types reads a type as the store writes it
    public PlanWarnings(PolicyEvaluator evaluator, Function<String, Type> types, RenameHistory renames) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.types = requireNonNull(types, "types is null");
        this.renames = requireNonNull(renames, "renames is null");
    }

    private record Warning(Kind kind, String name, String message) implements Comparable<Warning> {
        private static final Comparator<Warning> ORDER = Comparator.comparing(Warning::kind).thenComparing(Warning::name)
                .thenComparing(Warning::message);

        @Override
        public int compareTo(Warning other) {
            return ORDER.compare(this, other);
        }

        private PlannedChange about(String objects) {
            return new PlannedChange("warn", kind.documentName(), name, message + " " + objects);
        }
    }

    List<PlannedChange> of(Preview preview) {
        ProposedChange change = preview.change();
        ChangedTables tables = new ChangedTables(change, types);
        Map<Warning, Set<String>> warnings = new TreeMap<>();
        for (ObjectName table : tables.touched()) {
            List<Column> columns = tables.columns(table);
            Set<Finding> old = ImmutableSet.copyOf(evaluator.review(change.before(), table, columns));
            for (Finding finding : evaluator.review(change.activated(), table, columns)) {
                if (!old.contains(finding)) {
                    Warning warning = new Warning(Kind.POLICY, finding.policy(), finding.message());
                    warnings.computeIfAbsent(warning, _ -> new TreeSet<>()).add(finding.object());
                }
            }
        }
        Set<Finding> joinsBefore = ImmutableSet.copyOf(joins(change.before(), tables));
        joins(change.activated(), tables).stream().filter(finding -> !joinsBefore.contains(finding)).forEach(finding -> warnings
                .computeIfAbsent(new Warning(Kind.PROJECT, finding.policy(), finding.message()), _ -> new TreeSet<>())
                .add(finding.object()));
        for (PolicyObject object : change.after().objectsOf(Kind.PROJECT)) {
            Project project = (Project) object;
            rotation(change.before(), project).ifPresent(meaning -> project.dataSources().forEach(dataSource -> warnings
                    .computeIfAbsent(new Warning(Kind.PROJECT, project.name(), meaning), _ -> new TreeSet<>())
                    .add(dataSource.toString())));
        }
        preview.described().forEach((table, columns) -> columns.orElse(ImmutableList.of()).stream()
                .filter(column -> evaluator.awaitsApproval(change.after(), table, column))
                .forEach(column -> warnings.computeIfAbsent(
                        new Warning(Kind.DATA_SOURCE, table.toString(), "stay NULL until somebody approves them:"), _ -> new TreeSet<>())
                        .add(column.name())));
        preview.described().forEach((table, columns) -> columns.ifPresentOrElse(
                real -> formerNames(change.after(), table, real).forEach(name -> warnings.computeIfAbsent(
                        new Warning(Kind.DATA_SOURCE, table.toString(), "names columns that were renamed; what was said has followed:"),
                        _ -> new TreeSet<>()).add(name)),
                () -> renames.newName(table).ifPresent(name -> warnings.computeIfAbsent(
                        new Warning(Kind.DATA_SOURCE, table.toString(),
                                "was renamed and is no more; what stands here stays with the old name, "
                                        + "and what was said has followed to:"),
                        _ -> new TreeSet<>()).add(name.toString()))));
        return warnings.entrySet().stream().map(warning -> warning.getKey().about(named(warning.getValue()))).toList();
    }

    /// What becomes of the hashes of a project, in front of what is hashed.
    private static Optional<String> rotation(PolicySnapshot before, Project project) {
        if (project.maskedJoins() == before.project(project.name()).filter(Project::maskedJoins).isPresent()) {
            return Optional.empty();
        }
        if (!project.maskedJoins()) {
            return Optional.of("hashes in the project become those outside of it, and no longer join:");
        }
        return Optional.of(before.primaryKey(project.id(), KeyFamily.HASH).isPresent()
                ? "gets another hash key: hashes in the project change, and match none of an earlier time:"
                : "gets a hash key: hashes in the project become others than outside of it, and join:");
    }

    private List<Finding> joins(PolicySnapshot snapshot, ChangedTables tables) {
        return snapshot.objectsOf(Kind.PROJECT).stream().map(Project.class::cast)
                .flatMap(project -> evaluator.review(snapshot, project, tables::columns).stream()).toList();
    }

    /// Columns of which something is said that have another name now.
    private static List<String> formerNames(PolicySnapshot after, ObjectName table, List<Column> real) {
        return after.knownTable(table).stream()
                .flatMap(known -> after.dataSource(table).stream().flatMap(source -> source.columns().keySet().stream())
                        .filter(name -> real.stream().noneMatch(column -> column.name().equals(name)))
                        .flatMap(name -> real.stream().map(Column::name).filter(present -> known.isSameColumn(name, present))
                                .map(present -> "%s (now %s)".formatted(name, present))))
                .toList();
    }

    private static String named(Set<String> objects) {
        String named = String.join(", ", objects.stream().limit(NAMED_OBJECTS).toList());
        return objects.size() <= NAMED_OBJECTS ? named : "%s and %s more".formatted(named, objects.size() - NAMED_OBJECTS);
    }
}
