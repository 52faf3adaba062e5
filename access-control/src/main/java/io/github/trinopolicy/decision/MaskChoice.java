package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.MaskCandidate.STRENGTH;

import io.trino.sql.tree.Expression;
import java.util.List;
import java.util.Optional;

/// Chooses among the masks that may decide. The order of the candidates does not matter.
final class MaskChoice {
    private MaskChoice() {
    }

    /// The strongest of those that yield to none.
    static MaskCandidate first(List<MaskCandidate> candidates) {
        return candidates.stream().filter(candidate -> candidates.stream().noneMatch(candidate::yieldsTo)).min(STRENGTH).orElseThrow();
    }

    /// For each row, the strongest of the masks that apply to it and yield to none that applies to it.
    ///
    /// Closeness is only a partial order, since unrelated tags are equal. So a stronger mask may stand behind a weaker one that it does not
    /// yield to, only because it yields to a third: whether that one applies to the row is then asked first.
    static Expression choose(List<MaskCandidate> candidates, Expression raw) {
        return choose(candidates).expression(raw);
    }

    static CellChoice choose(List<MaskCandidate> candidates) {
        List<MaskCandidate> left = candidates.stream()
                .filter(candidate -> candidates.stream().noneMatch(other -> other.condition().isEmpty() && candidate.yieldsTo(other)))
                .collect(toImmutableList());
        if (left.isEmpty()) {
            return new CellChoice.Raw();
        }
        MaskCandidate first = first(left);
        Optional<MaskCandidate> third = left.stream()
                .filter(candidate -> left.stream().noneMatch(candidate::yieldsTo))
                .filter(candidate -> left.stream().anyMatch(stronger -> stronger.type().compareTo(first.type()) < 0
                        && stronger.yieldsTo(candidate) && !stronger.yieldsTo(first)))
                .min(STRENGTH);
        MaskCandidate asked = third.orElse(first);
        CellChoice mask = third.isEmpty()
                ? CellChoice.Masked.of(first)
                : choose(replaced(left, asked, asked.applyingToEveryRow()));
        return asked.condition()
                .<CellChoice>map(condition -> new CellChoice.ByRow(condition, mask, choose(without(left, asked))))
                .orElse(mask);
    }

    private static List<MaskCandidate> without(List<MaskCandidate> candidates, MaskCandidate removed) {
        return candidates.stream().filter(candidate -> !candidate.equals(removed)).collect(toImmutableList());
    }

    private static List<MaskCandidate> replaced(List<MaskCandidate> candidates, MaskCandidate old, MaskCandidate replacement) {
        return candidates.stream().map(candidate -> candidate.equals(old) ? replacement : candidate).collect(toImmutableList());
    }
}
