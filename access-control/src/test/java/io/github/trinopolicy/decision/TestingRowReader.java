package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.TryExpression;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Computes what a user sees of a row under a decision, for the few forms of SQL that the decisions of tests consist of.
final class TestingRowReader {
    private final SqlParser parser = new SqlParser();
    private final Map<String, Expression> parsed = new HashMap<>();

    /// What becomes of a value, from what says least about it.
    enum Sight {
        /// the whole row is hidden
        ABSENT,
        /// NULL or a constant
        NOTHING,
        HASH,
        RAW,
    }

    /// @param row values of text columns; a column that is absent holds NULL
    Map<String, Sight> read(TableDecision decision, Map<String, String> row) {
        boolean shown = decision.access().level().isPresent()
                && decision.filters().stream().map(FilterDecision::expression).flatMap(Optional::stream)
                        .allMatch(filter -> holds(parse(filter), row).equals(Optional.of(true)));
        ImmutableMap.Builder<String, Sight> result = ImmutableMap.builder();
        decision.columns().forEach((name, column) -> result.put(name, !shown
                ? Sight.ABSENT
                : column.expression().map(expression -> sight(parse(expression), row)).orElse(Sight.RAW)));
        return result.buildOrThrow();
    }

    private Expression parse(String sql) {
        return parsed.computeIfAbsent(sql, parser::createExpression);
    }

    private static Sight sight(Expression mask, Map<String, String> row) {
        return switch (mask) {
            case NullLiteral _,Cast _ -> Sight.NOTHING;
            case FunctionCall call when call.getName().toString().equals("policy.masking.hash") -> Sight.HASH;
            case Identifier _ -> Sight.RAW;
            case IfExpression choice -> sight(holds(choice.getCondition(), row).orElse(false)
                    ? choice.getTrueValue()
                    : choice.getFalseValue().orElseThrow(), row);
            default -> throw new AssertionError("no mask of these tests: " + mask);
        };
    }

    /// Empty stands for unknown.
    private static Optional<Boolean> holds(Expression condition, Map<String, String> row) {
        return switch (condition) {
            case BooleanLiteral literal -> Optional.of(literal.getValue());
            case NullLiteral _ -> Optional.empty();
            case TryExpression attempt -> holds(attempt.getInnerExpression(), row);
            case NotExpression not -> holds(not.getValue(), row).map(value -> !value);
            case CoalesceExpression coalesce -> coalesce.getOperands().stream().map(operand -> holds(operand, row))
                    .flatMap(Optional::stream).findFirst();
            case LogicalExpression logical -> {
                boolean deciding = logical.getOperator() == LogicalExpression.Operator.OR;
                List<Optional<Boolean>> terms = logical.getTerms().stream().map(term -> holds(term, row)).toList();
                yield terms.contains(Optional.of(deciding))
                        ? Optional.of(deciding)
                        : terms.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(!deciding);
            }
            case Predicated predicated -> holds(predicated, row);
            default -> throw new AssertionError("no condition of these tests: " + condition);
        };
    }

    private static Optional<Boolean> holds(Predicated predicated, Map<String, String> row) {
        Optional<String> value = text(predicated.getValue(), row);
        return switch (predicated.getPredicate()) {
            case IsNullPredicate predicate -> Optional.of(value.isEmpty() != predicate.isNegated());
            case ComparisonPredicate predicate -> {
                boolean equality = predicate.getOperator() == ComparisonPredicate.Operator.EQUAL;
                yield value.flatMap(left -> text(predicate.getRight(), row).map(right -> left.equals(right) == equality));
            }
            case InPredicate predicate -> {
                Stream<Expression> list = ((InListExpression) predicate.getValueList()).getValues().stream();
                yield value
                        .map(left -> list.map(element -> text(element, row)).anyMatch(Optional.of(left)::equals) != predicate.isNegated());
            }
            default -> throw new AssertionError("no predicate of these tests: " + predicated);
        };
    }

    private static Optional<String> text(Expression expression, Map<String, String> row) {
        return switch (expression) {
            case StringLiteral literal -> Optional.of(literal.getValue());
            case Identifier column -> Optional.ofNullable(row.get(column.getValue()));
            case NullLiteral _ -> Optional.empty();
            default -> throw new AssertionError("no text of these tests: " + expression);
        };
    }
}
