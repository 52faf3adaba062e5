package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.NullLiteral;

/// What is seen of a cell of a column, which may depend on its row.
sealed interface CellChoice {
    /// The value as it is.
    record Raw() implements CellChoice {}

    /// The result of a mask.
    record Masked(Mask.Type type, Expression expression) implements CellChoice {
        private static final Masked NULL = new Masked(Mask.Type.NULL, TrinoSql.nullValue());

        public Masked {
            requireNonNull(type, "type is null");
            requireNonNull(expression, "expression is null");
        }

        static Masked of(MaskCandidate candidate) {
            Expression expression = candidate.mask().expression();
            return new Masked(expression instanceof NullLiteral ? Mask.Type.NULL : candidate.type(), expression);
        }
    }

    /// @param condition true or false of every row
    record ByRow(Expression condition, CellChoice then, CellChoice otherwise) implements CellChoice {
        public ByRow {
            requireNonNull(condition, "condition is null");
            requireNonNull(then, "then is null");
            requireNonNull(otherwise, "otherwise is null");
        }
    }

    /// Beyond this the expression would be too large.
    int MAXIMUM_CASES = 256;

    default Expression expression(Expression raw) {
        return switch (this) {
            case Raw _ -> raw;
            case Masked masked -> masked.expression();
            case ByRow byRow -> TrinoSql.choice(byRow.condition(), byRow.then().expression(raw), byRow.otherwise().expression(raw));
        };
    }

    /// What is seen where both must be obeyed: masked where either masks, by the stronger of two masks, and NULL where neither is.
    static CellChoice strictest(CellChoice a, CellChoice b) {
        if (a.equals(b)) {
            return a;
        }
        return a.cases() * b.cases() > MAXIMUM_CASES ? Masked.NULL : combined(a, b);
    }

    private static CellChoice combined(CellChoice a, CellChoice b) {
        if (a instanceof Raw || a.equals(b)) {
            return b;
        }
        if (b instanceof Raw) {
            return a;
        }
        if (a instanceof ByRow one) {
            // under the same condition the rows of one are the rows of the other
            boolean same = b instanceof ByRow other && other.condition().equals(one.condition());
            return byRow(one.condition(), combined(one.then(), same ? ((ByRow) b).then() : b),
                    combined(one.otherwise(), same ? ((ByRow) b).otherwise() : b));
        }
        if (b instanceof ByRow) {
            return combined(b, a);
        }
        return stronger((Masked) a, (Masked) b);
    }

    private static CellChoice byRow(Expression condition, CellChoice then, CellChoice otherwise) {
        return then.equals(otherwise) ? then : new ByRow(condition, then, otherwise);
    }

    private static Masked stronger(Masked a, Masked b) {
        if (a.type() == b.type()) {
            return Masked.NULL;
        }
        return a.type().compareTo(b.type()) < 0 ? a : b;
    }

    private long cases() {
        return this instanceof ByRow byRow ? byRow.then().cases() + byRow.otherwise().cases() : 1;
    }
}
