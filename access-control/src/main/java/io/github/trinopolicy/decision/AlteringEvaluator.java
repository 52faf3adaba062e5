package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;

/// Decides whether somebody would get rid of masks by altering a column: by renaming a field of a row that is masked by its name, or by giving
/// the column a type that a mask does not select. What the rules or the condition of a mask or a reveal policy would let through counts as
/// hidden. Thread-safe.
final class AlteringEvaluator {
    private final PartialEvaluator evaluator;

    AlteringEvaluator(PartialEvaluator evaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
    }

    /// @param table of which some column is altered, whichever
    boolean escapes(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        TableFacts facts = TableFacts.of(snapshot, table);
        return snapshot.maskings().concerning(table, facts.allTags()).stream()
                .filter(mask -> mask.columns().maySelectFrom(facts) && dependsOnType(mask.masking().columns(), table))
                .anyMatch(mask -> mask.exempt().filter(text -> evaluator.holds(text, subject)).isEmpty());
    }

    private static boolean dependsOnType(ColumnSelector selector, ObjectName table) {
        return selector.names().stream().anyMatch(name -> name.isPart() && name.table().equals(table)) || narrowsByType(selector);
    }

    private static boolean narrowsByType(ColumnSelector selector) {
        return !selector.types().isEmpty() || selector.not().filter(AlteringEvaluator::narrowsByType).isPresent();
    }
}
