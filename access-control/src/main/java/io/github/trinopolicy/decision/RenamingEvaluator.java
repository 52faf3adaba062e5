package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
