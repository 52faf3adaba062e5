package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static com.google.common.collect.Sets.union;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Decides whether somebody would get rid of policies by giving a table or a column another name. What the rules or the condition of a mask,
/// the type of a column or a reveal policy would let through counts as hidden. Thread-safe.
final class RenamingEvaluator {
    private final PartialEvaluator evaluator;
    private final RowEvaluator rowEvaluator;

    RenamingEvaluator(PartialEvaluator evaluator, RowEvaluator rowEvaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.rowEvaluator = requireNonNull(rowEvaluator, "rowEvaluator is null");
    }

    /// @param renamed the new name of the table; empty: one of its columns is renamed, whichever
    boolean escapes(PolicySnapshot snapshot, Subject subject, ObjectName table, Optional<ObjectName> renamed) {
        TableFacts before = TableFacts.of(snapshot, table);
        TableFacts after = renamed.map(name -> TableFacts.of(snapshot, name)).orElse(before);
        return snapshot.maskings().concerning(table, before.allTags()).stream()
                .filter(mask -> mask.columns().maySelectFrom(before) && !staysOn(mask, after))
                .anyMatch(mask -> mask.exempt().filter(text -> evaluator.holds(text, subject)).isEmpty())
                || (renamed.isPresent() && filterEscapes(snapshot, subject, before, after));
    }

    /// True when a policy that hides something from anybody would not hold as it does under the new name. The tags of the table and of its
    /// columns, inherited ones too, come along.
    boolean loses(PolicySnapshot snapshot, ObjectName table, ObjectName renamed) {
        TableConcern before = TableConcern.of(snapshot, table);
        TableFacts after = TableFacts.of(snapshot, renamed);
        Set<String> tags = union(before.table().tags(), after.tags());
        Set<String> allTags = union(before.table().allTags(), after.allTags());
        if (!snapshot.guardrails().concerning(renamed, tags).containsAll(before.guardrails())
                || !snapshot.rowFilters().concerning(renamed, tags).containsAll(before.rowFilters())
                || !snapshot.broken().concerning(renamed, allTags).containsAll(before.broken())
                || before.maskings().stream().anyMatch(mask -> mask.columns().namesColumnOf(before.table()))) {
            return true;
        }
        Set<CompiledPolicy.Masking> masks = union(before.maskings(), snapshot.maskings().concerning(renamed, allTags));
        // and a column of which nothing is known
        return Stream.concat(before.table().columnNames().stream().map(Optional::of), Stream.of(Optional.<String>empty()))
                .anyMatch(column -> {
                    Set<String> columnTags = tags(before.table(), column);
                    return loses(masks, new NamedColumn(before.table(), column, columnTags),
                            new NamedColumn(after, column, union(columnTags, tags(after, column))));
                });
    }

    /// The same for a column of the table.
    boolean loses(PolicySnapshot snapshot, ObjectName table, String column, String renamed) {
        TableFacts facts = TableFacts.of(snapshot, table);
        Set<String> columnTags = facts.effectiveTags(column);
        return loses(snapshot.maskings().concerning(table, facts.allTags()), new NamedColumn(facts, Optional.of(column), columnTags),
                new NamedColumn(facts, Optional.of(renamed), union(columnTags, facts.effectiveTags(renamed))));
    }

    /// @param column empty: one of which nothing is known
    private record NamedColumn(TableFacts table, Optional<String> column, Set<String> tags) {
        private Optional<Match> match(CompiledPolicy.Masking mask) {
            return mask.columns().mayMatch(table, column, tags);
        }

        private boolean mayBeLeftOutBy(CompiledPolicy.Masking mask) {
            return mask.columns().mayLeaveOut(table, column, tags);
        }
    }

    /// True when a mask would select the column otherwise or no more, or one that did not select it could come before one that does.
    private static boolean loses(Set<CompiledPolicy.Masking> masks, NamedColumn before, NamedColumn after) {
        boolean masked = false;
        boolean added = false;
        for (CompiledPolicy.Masking mask : masks) {
            Optional<Match> was = before.match(mask);
            Optional<Match> is = after.match(mask);
            boolean same = was.equals(is) && before.mayBeLeftOutBy(mask) == after.mayBeLeftOutBy(mask);
            if (was.isPresent() && !same) {
                return true;
            }
            masked |= was.isPresent();
            added |= was.isEmpty() && is.isPresent();
        }
        return masked && added;
    }

    private static Set<String> tags(TableFacts table, Optional<String> column) {
        return column.map(table::effectiveTags).orElse(table.tags());
    }

    /// True when the mask selects every column of the table, whatever its name and without tags of its own.
    private static boolean staysOn(CompiledPolicy.Masking mask, TableFacts table) {
        return mask.masking().columns().not().isEmpty()
                && mask.columns().mayMatch(table, Optional.empty(), table.tags()).isPresent();
    }

    /// A filter that stays, and does not find its column any more, hides every row.
    private boolean filterEscapes(PolicySnapshot snapshot, Subject subject, TableFacts before, TableFacts after) {
        Set<String> staying = snapshot.rowFilters().concerning(after.name(), after.tags()).stream().map(CompiledPolicy::name)
                .collect(toImmutableSet());
        // of which types the columns are does not matter for whether a filter applies at all
        List<Column> columns = before.columnNames().stream().map(name -> new Column(name, VarcharType.VARCHAR)).collect(toImmutableList());
        return rowEvaluator.decide(snapshot, subject, before, columns).stream()
                .anyMatch(filter -> filter.expression().isPresent() && !staying.contains(filter.policy()));
    }
}
