package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.masking.TimeUnit;
import io.trino.sql.tree.Array;
import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.ComparisonPredicate.Operator;
import io.trino.sql.tree.DistinctFromPredicate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.LambdaExpression;
import io.trino.sql.tree.Literal;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicate;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.SearchedCaseExpression;
import io.trino.sql.tree.SimpleCaseExpression;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.WhenClause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says the same in a way that Trino can plan within `TRY` and within lambdas.
///
/// Where Trino 483 needs a value more than once, it binds it to a name of its own (`LET`), and its planner fails with an internal error when it
/// meets one within a lambda, which `TRY` is to it: `BETWEEN`, `NULLIF` and simple `CASE` of anything but a column, and comparisons that its
/// optimizer turns into ranges, such as `year(x) = 2026` or `x IN (1, 2, 3)`. So the former are written out, and what is compared is hidden
/// from the optimizer by a call that it does not see through. Within `TRY` no filter reaches the connector anyway.
final class TryBody {
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private TryBody() {
    }

    /// @param catalog the catalog that holds the masking functions
    static Expression rewrite(Expression expression, String catalog) {
        return ExpressionTreeRewriter.rewriteWith(new Rewriter(), expression, catalog);
    }

    /// The same for what is within lambdas alone.
    ///
    /// @param catalog the catalog that holds the masking functions
    static Expression rewriteLambdas(Expression expression, String catalog) {
        return ExpressionTreeRewriter.rewriteWith(new ExpressionRewriter<String>() {
            @Override
            public Expression rewriteLambdaExpression(LambdaExpression node, String context, ExpressionTreeRewriter<String> treeRewriter) {
                return new LambdaExpression(NOWHERE, node.getArguments(), rewrite(node.getBody(), context));
            }
        }, expression, catalog);
    }

    private static final class Rewriter extends ExpressionRewriter<String> {
        @Override
        public @Nullable Expression rewritePredicated(Predicated node, String catalog, ExpressionTreeRewriter<String> treeRewriter) {
            Predicated plain = treeRewriter.defaultRewrite(node, catalog);
            Expression value = plain.getValue();
            return switch (plain.getPredicate()) {
                case ComparisonPredicate comparison -> compare(value, comparison.getOperator(), comparison.getRight(), catalog);
                case DistinctFromPredicate distinct -> new Predicated(NOWHERE, hidden(value, catalog),
                        new DistinctFromPredicate(NOWHERE, distinct.isNegated(), hidden(distinct.getRight(), catalog)));
                case BetweenPredicate between -> negated(between.isNegated(), between.isSymmetric()
                        ? logical(LogicalExpression.Operator.OR, between(value, between.getMin(), between.getMax(), catalog),
                                between(value, between.getMax(), between.getMin(), catalog))
                        : between(value, between.getMin(), between.getMax(), catalog));
                case InPredicate in when in.getValueList() instanceof InListExpression list && !isPlain(value) ->
                    negated(in.isNegated(), new FunctionCall(NOWHERE, QualifiedName.of("contains"),
                            ImmutableList.of(new Array(NOWHERE, list.getValues()), value)));
                default -> plain;
            };
        }

        /// Trino's `date_trunc` fails for days far from now, and its `substr` for the greatest lengths, with errors that `TRY` does not stop.
        @Override
        public @Nullable Expression rewriteFunctionCall(FunctionCall node, String catalog, ExpressionTreeRewriter<String> treeRewriter) {
            List<Expression> arguments = node.argumentValues();
            if (EngineFunctions.takesLengthFromTheRow(node.getName().toString().toLowerCase(ENGLISH), arguments)) {
                return new FunctionCall(NOWHERE, node.getName(), ImmutableList.of(treeRewriter.rewrite(arguments.get(0), catalog),
                        treeRewriter.rewrite(arguments.get(1), catalog),
                        new FunctionCall(NOWHERE, QualifiedName.of("least"),
                                ImmutableList.of(treeRewriter.rewrite(arguments.get(2), catalog),
                                        new LongLiteral(NOWHERE, Integer.toString(EngineFunctions.MAXIMUM_LENGTH))))));
            }
            return node.getName().toString().equalsIgnoreCase("date_trunc") && arguments.size() == 2
                    && arguments.getFirst() instanceof StringLiteral unit
                    && TimeUnit.named(unit.getValue().toLowerCase(ENGLISH)).isPresent()
                            ? TrinoSql.masking(catalog, "truncate", treeRewriter.rewrite(arguments.getLast(), catalog),
                                    new StringLiteral(NOWHERE, unit.getValue().toLowerCase(ENGLISH)))
                            : null;
        }

        @Override
        public Expression rewriteNullIfExpression(NullIfExpression node, String catalog, ExpressionTreeRewriter<String> treeRewriter) {
            Expression first = treeRewriter.rewrite(node.getFirst(), catalog);
            return new IfExpression(NOWHERE, compare(first, Operator.EQUAL, treeRewriter.rewrite(node.getSecond(), catalog), catalog),
                    new NullLiteral(NOWHERE), first);
        }

        @Override
        public Expression rewriteSimpleCaseExpression(SimpleCaseExpression node, String catalog,
                ExpressionTreeRewriter<String> treeRewriter) {
            List<WhenClause> clauses = node.getWhenClauses().stream().map(clause -> new WhenClause(NOWHERE,
                    treeRewriter.rewrite(new Predicated(NOWHERE, node.getOperand(), predicate(clause)), catalog),
                    treeRewriter.rewrite(clause.getResult(), catalog))).collect(toImmutableList());
            return new SearchedCaseExpression(NOWHERE, clauses,
                    node.getDefaultValue().map(otherwise -> treeRewriter.rewrite(otherwise, catalog)));
        }

        private static Predicate predicate(WhenClause clause) {
            return switch (clause.getMatch()) {
                case WhenClause.Operand operand -> new ComparisonPredicate(NOWHERE, Operator.EQUAL, operand.expression());
                case WhenClause.Partial partial -> partial.predicate();
            };
        }

        private static Expression between(Expression value, Expression from, Expression to, String catalog) {
            return logical(LogicalExpression.Operator.AND, compare(value, Operator.GREATER_THAN_OR_EQUAL, from, catalog),
                    compare(value, Operator.LESS_THAN_OR_EQUAL, to, catalog));
        }

        private static Expression compare(Expression left, Operator operator, Expression right, String catalog) {
            return new Predicated(NOWHERE, hidden(left, catalog), new ComparisonPredicate(NOWHERE, operator, hidden(right, catalog)));
        }

        private static Expression hidden(Expression expression, String catalog) {
            return isPlain(expression) || TrinoSql.isMasking(catalog, expression)
                    ? expression
                    : TrinoSql.masking(catalog, "may_fail", expression);
        }

        private static boolean isPlain(Expression expression) {
            return expression instanceof Identifier || expression instanceof Literal;
        }

        private static Expression logical(LogicalExpression.Operator operator, Expression a, Expression b) {
            return new LogicalExpression(NOWHERE, operator, ImmutableList.of(a, b));
        }

        private static Expression negated(boolean negated, Expression expression) {
            return negated ? new NotExpression(NOWHERE, expression) : expression;
        }
    }
}
