package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.sql.tree.BooleanLiteral.FALSE_LITERAL;
import static io.trino.sql.tree.BooleanLiteral.TRUE_LITERAL;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.trino.spi.type.Type;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LambdaExpression;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.StringLiteral;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Replaces in a policy text everything that is known about the user by literals and folds what follows from it, in SQL's three-valued
/// logic. Thread-safe.
public final class PartialEvaluator {
    /// Each literal costs time in the engine's analysis and planning, for every reference to the table; more are looked up in a set.
    public static final int MAXIMUM_LITERALS = 500;
    /// A set is held in the memory of each node that uses it.
    public static final int MAXIMUM_VALUES = 1_000_000;

    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private static final RowScope NO_ROW = new RowScope() {
        @Override
        public Optional<Type> type(String column) {
            return Optional.empty();
        }

        @Override
        public List<String> columnsTagged(String tag) {
            return ImmutableList.of();
        }

        @Override
        public Optional<String> maskedColumn() {
            return Optional.empty();
        }
    };

    private final ColumnLiteral columnLiteral = new ColumnLiteral();
    private final LargeSets largeSets;
    private final String catalog;

    /// For texts that are judged and not queried.
    public PartialEvaluator() {
        this(new SetNames(), "policy");
    }

    /// @param catalog the catalog that holds the function that looks values up in sets
    public PartialEvaluator(LargeSets largeSets, String catalog) {
        this.largeSets = requireNonNull(largeSets, "largeSets is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// True only when the condition on the user certainly holds; anything else, NULL too, is no.
    public boolean holds(PolicyText condition, Subject subject) {
        return evaluate(condition, subject, NO_ROW).expression().equals(TRUE_LITERAL);
    }

    /// @throws UnresolvedColumnException when the text needs a column that the row does not have
    /// @throws TooManyValuesException when a column is compared with more than [#MAXIMUM_VALUES] values
    public PartialEvaluation evaluate(PolicyText text, Subject subject, RowScope row) {
        Rewriter rewriter = new Rewriter(subject, row);
        Expression expression = ExpressionTreeRewriter.rewriteWith(rewriter, text.expression(), subject);
        return new PartialEvaluation(expression, ImmutableList.copyOf(rewriter.dropped));
    }

    /// Whether the column equals one of the values: `column IN (values)` with literals of the column's type, or a look into a set where there
    /// are many; FALSE where no value fits.
    ///
    /// @param subject whose values they are
    /// @throws UnresolvedColumnException when the row has no such column
    /// @throws TooManyValuesException when there are more than [#MAXIMUM_VALUES]
    public PartialEvaluation oneOf(String column, Collection<String> values, String attribute, Subject subject, RowScope row) {
        ImmutableSet.Builder<String> dropped = ImmutableSet.builder();
        Expression expression = oneOf(column, values, attribute, subject, row, dropped);
        return new PartialEvaluation(expression, dropped.build().asList());
    }

    private Expression oneOf(String column, Collection<String> values, String attribute, Subject subject, RowScope row,
            ImmutableSet.Builder<String> dropped) {
        Type type = requireType(column, row);
        List<String> fitting = values.stream().map(value -> columnLiteral.canonical(value, type)).flatMap(Optional::stream)
                .collect(toImmutableList());
        if (fitting.size() < values.size()) {
            dropped.add(attribute);
        }
        Set<String> texts = ImmutableSet.copyOf(fitting);
        if (texts.isEmpty()) {
            return FALSE_LITERAL;
        }
        if (texts.size() > MAXIMUM_VALUES) {
            throw new TooManyValuesException("column '%s' would be compared with %s values of %s, and %s are the most".formatted(column,
                    texts.size(), attribute, MAXIMUM_VALUES));
        }
        if (texts.size() > MAXIMUM_LITERALS) {
            return TrinoSql.valueInSetCall(catalog, column, largeSets.reference(subject.user(), texts));
        }
        List<Expression> literals = texts.stream().sorted().map(text -> columnLiteral.literal(text, type)).collect(toImmutableList());
        return new Predicated(NOWHERE, columnReference(column), new InPredicate(NOWHERE, false, new InListExpression(NOWHERE, literals)));
    }

    /// A reference to a column, quoted so that its name is never read as anything else.
    public static Expression columnReference(String column) {
        return new Identifier(NOWHERE, column, true);
    }

    /// A literal of exactly the type, or empty where the text is no value of it.
    public Optional<Expression> literal(String text, Type type) {
        return columnLiteral.of(text, type).map(literal -> columnLiteral.cast(literal, type));
    }

    private static Type requireType(String column, RowScope row) {
        return row.type(column).orElseThrow(() -> new UnresolvedColumnException("the table has no column '%s'".formatted(column)));
    }

    private static Expression literal(boolean value) {
        return value ? TRUE_LITERAL : FALSE_LITERAL;
    }

    private final class Rewriter extends ExpressionRewriter<Subject> {
        private final Subject subject;
        private final RowScope row;
        private final ImmutableSet.Builder<String> droppedBuilder = ImmutableSet.builder();
        private Set<String> dropped = ImmutableSet.of();
        private Set<String> variables = ImmutableSet.of();

        private Rewriter(Subject subject, RowScope row) {
            this.subject = requireNonNull(subject, "subject is null");
            this.row = requireNonNull(row, "row is null");
        }

        @Override
        public Expression rewriteIdentifier(Identifier node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            String column = node.getValue().toLowerCase(ENGLISH);
            if (variables.contains(column)) {
                return node;
            }
            requireType(column, row);
            return columnReference(column);
        }

        @Override
        public Expression rewriteLambdaExpression(LambdaExpression node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            Set<String> outer = variables;
            ImmutableSet.Builder<String> inner = ImmutableSet.<String>builder().addAll(outer);
            node.getArguments().forEach(argument -> inner.add(argument.getName().getValue().toLowerCase(ENGLISH)));
            variables = inner.build();
            Expression result = new LambdaExpression(NOWHERE, node.getArguments(), treeRewriter.rewrite(node.getBody(), context));
            variables = outer;
            return result;
        }

        /// The names within the type are not columns.
        @Override
        public Expression rewriteCast(Cast node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            return new Cast(NOWHERE, treeRewriter.rewrite(node.getExpression(), context), node.getType(), node.isSafe());
        }

        @Override
        public Expression rewriteCurrentUser(CurrentUser node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            return new StringLiteral(NOWHERE, subject.user());
        }

        @Override
        public @Nullable Expression rewriteFunctionCall(FunctionCall node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            Optional<PolicyFunction> function = PolicyFunction.named(node.getName().toString().toLowerCase(ENGLISH));
            if (function.isEmpty()) {
                return null;
            }
            List<Expression> arguments = node.argumentValues();
            return switch (function.get()) {
                case HAS_ATTRIBUTE -> literal(subject.attributes().containsEntry(text(arguments.get(0)), text(arguments.get(1))));
                case ATTRIBUTE_VALUES_CONTAIN -> {
                    String attribute = text(arguments.get(0));
                    yield oneOf(column(arguments.get(1)), subject.attributes().get(attribute), attribute);
                }
                case IN_ANY_GROUP -> literal(arguments.stream().anyMatch(group -> subject.groups().contains(text(group))));
                case IN_ALL_GROUPS -> literal(arguments.stream().allMatch(group -> subject.groups().contains(text(group))));
                case GROUPS_CONTAIN -> oneOf(column(arguments.get(0)), subject.groups(), "groups");
                case USING_PURPOSE -> literal(subject.usesPurpose(text(arguments.get(0))));
                case PURPOSES_CONTAIN -> oneOf(column(arguments.get(0)), subject.purposes(), "purposes");
                case COLUMN_TAGGED, MASKED_COLUMN -> columnReference(column(node));
                case CURRENT_PROJECT ->
                    subject.project().<Expression>map(name -> new StringLiteral(NOWHERE, name)).orElseGet(() -> new NullLiteral(NOWHERE));
            };
        }

        private Expression oneOf(String column, Collection<String> values, String attribute) {
            Expression result = PartialEvaluator.this.oneOf(column, values, attribute, subject, row, droppedBuilder);
            dropped = droppedBuilder.build();
            return result;
        }

        private static String text(Expression argument) {
            return ((StringLiteral) argument).getValue();
        }

        private String column(Expression argument) {
            String column = resolve(argument);
            if (variables.contains(column)) {
                // the engine would take the name for the variable
                throw new UnresolvedColumnException("column '%s' is hidden by a variable of the same name".formatted(column));
            }
            return column;
        }

        private String resolve(Expression argument) {
            if (argument instanceof Identifier identifier) {
                return identifier.getValue().toLowerCase(ENGLISH);
            }
            FunctionCall call = (FunctionCall) argument;
            if (call.getArguments().isEmpty()) {
                return row.maskedColumn().orElseThrow(() -> new UnresolvedColumnException("no column is masked here"));
            }
            String tag = text(call.argumentValues().getFirst());
            List<String> tagged = row.columnsTagged(tag);
            if (tagged.size() != 1) {
                throw new UnresolvedColumnException(tagged.isEmpty()
                        ? "the table has no column tagged '%s'".formatted(tag)
                        : "the table has more than one column tagged '%s'".formatted(tag));
            }
            return tagged.getFirst();
        }

        @Override
        public Expression rewriteNotExpression(NotExpression node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            Expression value = treeRewriter.rewrite(node.getValue(), context);
            return switch (value) {
                case BooleanLiteral literal -> literal(!literal.getValue());
                case NullLiteral literal -> literal;
                default -> new NotExpression(NOWHERE, value);
            };
        }

        @Override
        public Expression rewriteLogicalExpression(LogicalExpression node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            // AND is decided by one FALSE, OR by one TRUE; the other literal adds nothing
            boolean deciding = node.getOperator() == LogicalExpression.Operator.OR;
            ImmutableList.Builder<Expression> left = ImmutableList.builder();
            boolean unknown = false;
            for (Expression term : node.getTerms()) {
                Expression value = treeRewriter.rewrite(term, context);
                if (value instanceof BooleanLiteral literal) {
                    if (literal.getValue() == deciding) {
                        return literal(deciding);
                    }
                }
                else if (value instanceof NullLiteral) {
                    unknown = true;
                }
                else {
                    left.add(value);
                }
            }
            if (unknown) {
                left.add(new NullLiteral(NOWHERE));
            }
            List<Expression> terms = left.build();
            return switch (terms.size()) {
                case 0 -> literal(!deciding);
                case 1 -> terms.getFirst();
                default -> new LogicalExpression(NOWHERE, node.getOperator(), terms);
            };
        }

        @Override
        public @Nullable Expression rewritePredicated(Predicated node, Subject context, ExpressionTreeRewriter<Subject> treeRewriter) {
            Predicated rewritten = treeRewriter.defaultRewrite(node, context);
            Expression value = rewritten.getValue();
            return switch (rewritten.getPredicate()) {
                case IsNullPredicate predicate when value instanceof StringLiteral -> literal(predicate.isNegated());
                case IsNullPredicate predicate when value instanceof NullLiteral -> literal(!predicate.isNegated());
                case ComparisonPredicate predicate when isText(value) && isText(predicate.getRight()) -> compare(predicate, value);
                case InPredicate predicate when isText(value) && predicate.getValueList() instanceof InListExpression list
                        && list.getValues().stream().allMatch(Rewriter::isText) ->
                    in(value, list.getValues(), predicate.isNegated());
                default -> rewritten;
            };
        }

        private static boolean isText(Expression expression) {
            return expression instanceof StringLiteral || expression instanceof NullLiteral;
        }

        private static Expression compare(ComparisonPredicate predicate, Expression left) {
            if (left instanceof NullLiteral || predicate.getRight() instanceof NullLiteral) {
                return new NullLiteral(NOWHERE);
            }
            // code point order, as Trino compares varchar
            int order = left instanceof StringLiteral a && predicate.getRight() instanceof StringLiteral b
                    ? compareCodePoints(a.getValue(), b.getValue())
                    : 0;
            return literal(switch (predicate.getOperator()) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS_THAN -> order < 0;
                case LESS_THAN_OR_EQUAL -> order <= 0;
                case GREATER_THAN -> order > 0;
                case GREATER_THAN_OR_EQUAL -> order >= 0;
            });
        }

        private static int compareCodePoints(String a, String b) {
            int[] left = a.codePoints().toArray();
            int[] right = b.codePoints().toArray();
            return java.util.Arrays.compare(left, right);
        }

        private static Expression in(Expression value, List<Expression> values, boolean negated) {
            if (value instanceof NullLiteral) {
                return value;
            }
            String text = ((StringLiteral) value).getValue();
            boolean found = values.stream()
                    .anyMatch(element -> element instanceof StringLiteral literal && Objects.equals(literal.getValue(), text));
            if (!found && values.stream().anyMatch(NullLiteral.class::isInstance)) {
                return new NullLiteral(NOWHERE);
            }
            return literal(found != negated);
        }
    }
}
