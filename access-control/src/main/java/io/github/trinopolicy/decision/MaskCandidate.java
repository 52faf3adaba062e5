package io.github.trinopolicy.decision;

import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import java.util.Comparator;
import java.util.Optional;

/// A mask that may decide for a user.
///
/// @param rule the rule that fits the user, from 1
/// @param condition what is left of the policy's condition; empty: the mask applies to every row
record MaskCandidate(CompiledPolicy.Masking policy, Match match, int rule, Mask asked, CompiledMask mask, Optional<Expression> condition) {
    /// From the strongest to the weakest, for those of which none is closer.
    static final Comparator<MaskCandidate> STRENGTH = Comparator.comparing(MaskCandidate::type)
            .thenComparing(Comparator.<MaskCandidate>comparingInt(candidate -> candidate.policy().masking().priority()).reversed())
            .thenComparing(candidate -> candidate.policy().name());

    Mask.Type type() {
        return asked.type();
    }

    String name() {
        return policy.name();
    }

    boolean yieldsTo(MaskCandidate other) {
        return match.yieldsTo(other.match);
    }

    MaskCandidate withMask(Expression expression) {
        return new MaskCandidate(policy, match, rule, asked, mask.withExpression(expression), condition);
    }

    /// With an expression in place of what the mask and its condition are about.
    MaskCandidate over(String variable, Expression value) {
        return new MaskCandidate(policy, match, rule, asked,
                mask.withExpression(TrinoSql.replaced(mask.expression(), variable, value)),
                condition.map(expression -> TrinoSql.replaced(expression, variable, value)));
    }

    MaskCandidate applyingToEveryRow() {
        return new MaskCandidate(policy, match, rule, asked, mask, Optional.empty());
    }
}
