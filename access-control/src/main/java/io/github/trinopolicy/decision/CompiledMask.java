package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import java.util.Optional;

/// A mask as an expression of exactly the column's type.
///
/// @param fallback what the mask became instead of what was asked for
/// @param limit which values of the type have no masked one, in words that follow "NULL for"
record CompiledMask(Expression expression, Optional<Fallback> fallback, Optional<String> limit) {
    CompiledMask {
        requireNonNull(expression, "expression is null");
        requireNonNull(fallback, "fallback is null");
        requireNonNull(limit, "limit is null");
    }

    /// @param type null or hash, which hide more than what was asked for
    /// @param reason in a clause that quotes no policy
    record Fallback(Mask.Type type, String reason) {
        /// As a sentence without its subject.
        String sentence() {
            return "gives %s instead, since %s".formatted(type == Mask.Type.NULL ? "NULL" : "a hash", reason);
        }
    }

    static CompiledMask of(Expression expression) {
        return new CompiledMask(expression, Optional.empty(), Optional.empty());
    }

    static CompiledMask nullBecause(String reason) {
        return of(TrinoSql.nullValue()).insteadBecause(Mask.Type.NULL, reason);
    }

    CompiledMask insteadBecause(Mask.Type type, String reason) {
        return new CompiledMask(expression, Optional.of(new Fallback(type, reason)), limit);
    }

    CompiledMask limitedTo(Optional<String> missing) {
        return new CompiledMask(expression, fallback, missing);
    }

    CompiledMask withExpression(Expression replacement) {
        return new CompiledMask(replacement, fallback, limit);
    }
}
