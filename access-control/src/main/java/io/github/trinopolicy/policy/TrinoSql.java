package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.sql.tree.BooleanLiteral.FALSE_LITERAL;
import static io.trino.sql.tree.BooleanLiteral.TRUE_LITERAL;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.Mask;
import io.trino.spi.type.Type;
import io.trino.sql.ExpressionFormatter;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.CallArgument;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.DoubleLiteral;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LambdaArgumentDeclaration;
import io.trino.sql.tree.LambdaExpression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.Row;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.SubscriptExpression;
import io.trino.sql.tree.TryExpression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// The one place where SQL text for Trino comes into being. Everything goes through Trino's own syntax tree and formatter, so names and
/// values are always quoted as its parser reads them.
public final class TrinoSql {
    private static final String MASKING_SCHEMA = "masking";

    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private static final String VALUE_IN_SET = "value_in_set";

    private TrinoSql() {
    }

    /// The text of a row filter. A row for which the expression fails is hidden.
    ///
    /// @param catalog the catalog that holds the masking functions
    /// @param total true when the expression cannot fail, which keeps it free of wrapping and so within reach of the connector
    public static String rowFilter(String catalog, Expression expression, boolean total) {
        return format(total ? expression : coalesce(tried(catalog, expression), FALSE_LITERAL));
    }

    /// True unless the condition is false: a row for which it is unknown or fails counts as one for which it holds.
    ///
    /// @param catalog the catalog that holds the masking functions
    /// @param total true when the condition cannot fail
    public static Expression notCertainlyFalse(String catalog, Expression condition, boolean total) {
        return coalesce(total ? condition : tried(catalog, condition), TRUE_LITERAL);
    }

    public static Expression choice(Expression condition, Expression then, Expression otherwise) {
        return new IfExpression(NOWHERE, condition, then, otherwise);
    }

    /// A call of a masking function over a column, with its key by reference.
    public static Expression maskingCall(String catalog, String function, String column, UUID keyId) {
        return maskingCall(catalog, function, column, keyId.toString());
    }

    /// A call of a masking function over a column, with parameters of the mask.
    public static Expression maskingCall(String catalog, String function, String column, String... parameters) {
        return masking(catalog, function, arguments(column, parameters).toArray(Expression[]::new));
    }

    /// A call as [#maskingCall] makes it.
    public record MaskingCall(String function, List<String> parameters) {
        public MaskingCall {
            parameters = ImmutableList.copyOf(parameters);
        }
    }

    /// What an expression calls, if it is a call of a masking function over a column with texts as parameters.
    public static Optional<MaskingCall> maskingCall(String catalog, Expression expression) {
        if (!(expression instanceof FunctionCall call) || call.getArguments().isEmpty()
                || !(call.getArguments().getFirst().getValue() instanceof Identifier)) {
            return Optional.empty();
        }
        List<Expression> parameters = call.getArguments().stream().skip(1).map(CallArgument::getValue).collect(toImmutableList());
        List<String> name = call.getName().getParts();
        if (name.size() != 3 || !name.subList(0, 2).equals(ImmutableList.of(catalog, MASKING_SCHEMA))
                || !parameters.stream().allMatch(StringLiteral.class::isInstance)) {
            return Optional.empty();
        }
        return Optional.of(new MaskingCall(name.getLast(),
                parameters.stream().map(parameter -> ((StringLiteral) parameter).getValue()).collect(toImmutableList())));
    }

    /// A call of the function that makes tokens of the cells of a column, with the row by its key.
    public static Expression reversibleCall(String catalog, String column, String keyId, String columnId, List<String> keyColumns) {
        return masking(catalog, "reversible",
                Stream.concat(arguments(column, keyId, columnId), Stream.of(row(keyColumns))).toArray(Expression[]::new));
    }

    private static Stream<Expression> arguments(String column, String... parameters) {
        return Stream.concat(Stream.of(PartialEvaluator.columnReference(column)),
                Stream.of(parameters).map(parameter -> new StringLiteral(NOWHERE, parameter)));
    }

    public static Expression regexCall(String catalog, String column, Mask.Regex mask) {
        return masking(catalog, "regex", PartialEvaluator.columnReference(column), new StringLiteral(NOWHERE, mask.pattern()),
                new StringLiteral(NOWHERE, mask.replacement()), literal(mask.firstOnly()), literal(mask.noMatch() == Mask.NoMatch.KEEP));
    }

    static boolean isMasking(String catalog, Expression expression) {
        return expression instanceof FunctionCall call
                && call.getName().getPrefix().equals(Optional.of(QualifiedName.of(catalog, "masking")));
    }

    static Expression masking(String catalog, String function, Expression... arguments) {
        return new FunctionCall(NOWHERE, QualifiedName.of(catalog, MASKING_SCHEMA, function), ImmutableList.copyOf(arguments));
    }

    /// The value as one of exactly the type; NULL where the expression or the conversion fails.
    ///
    /// @param catalog the catalog that holds the masking functions
    /// @param expression one that [TypeChecker] does not refuse for the type
    /// @param total true when the expression cannot fail
    public static Expression converted(String catalog, Expression expression, Type type, boolean total) {
        if (expression instanceof NullLiteral) {
            return expression;
        }
        if (ValueKind.of(type) == ValueKind.OTHER) {
            // of these types it is one already
            return total ? expression : tried(catalog, expression);
        }
        return tried(catalog, new ColumnLiteral().cast(expression, type));
    }

    /// The array with each element replaced.
    ///
    /// @param element made of the variable
    public static Expression elements(Expression array, String variable, Expression element) {
        return call("transform", array, lambda(ImmutableList.of(variable), element));
    }

    /// The map with each value replaced.
    ///
    /// @param value made of the variable
    public static Expression values(Expression map, String variable, Expression value) {
        return call("transform_values", map, lambda(ImmutableList.of(variable + "key", variable), value));
    }

    /// The row with some fields replaced; NULL where it is NULL.
    ///
    /// @param type of the row; a plain type, so that the command line can load this class without those of Trino
    /// @param count of its fields
    /// @param replaced by position, from 1
    public static Expression fields(Expression row, Type type, int count, Map<Integer, Expression> replaced) {
        ImmutableList.Builder<Row.Field> fields = ImmutableList.builder();
        for (int position = 1; position <= count; position++) {
            fields.add(new Row.Field(NOWHERE, Optional.empty(), replaced.getOrDefault(position, field(row, position))));
        }
        return choice(new Predicated(NOWHERE, row, new IsNullPredicate(NOWHERE, false)), nullValue(),
                typed(new Row(NOWHERE, fields.build()), type));
    }

    /// A field of a row, by position, since names can be ambiguous and need not be there.
    public static Expression field(Expression row, int position) {
        return new SubscriptExpression(NOWHERE, row, new LongLiteral(NOWHERE, Integer.toString(position)));
    }

    /// The expression, which is of the type or becomes it without loss, said to be of the type.
    public static Expression typed(Expression expression, Type type) {
        return new ColumnLiteral().cast(expression, type);
    }

    /// The expression with another in place of a variable that is bound nowhere within.
    public static Expression replaced(Expression expression, String variable, Expression replacement) {
        return ExpressionTreeRewriter.rewriteWith(new VariableReplacement(variable), expression, replacement);
    }

    private static Expression lambda(List<String> variables, Expression body) {
        return new LambdaExpression(NOWHERE, variables.stream()
                .map(variable -> new LambdaArgumentDeclaration(NOWHERE, new Identifier(NOWHERE, variable, true)))
                .collect(toImmutableList()), body);
    }

    private static Expression call(String function, Expression... arguments) {
        return new FunctionCall(NOWHERE, QualifiedName.of(function), ImmutableList.copyOf(arguments));
    }

    private static Expression literal(boolean value) {
        return value ? TRUE_LITERAL : FALSE_LITERAL;
    }

    /// A call of the function that picks a share of the rows by a hash of their key, with the key of the hash by reference.
    public static Expression minimizeCall(String catalog, List<String> keyColumns, UUID keyId, double percent) {
        return new FunctionCall(NOWHERE, QualifiedName.of(catalog, "masking", "minimize"), ImmutableList.of(
                row(keyColumns), new StringLiteral(NOWHERE, keyId.toString()),
                new DoubleLiteral(NOWHERE, Double.toString(percent))));
    }

    private static Row row(List<String> columns) {
        return new Row(NOWHERE, columns.stream()
                .map(column -> new Row.Field(NOWHERE, Optional.empty(), PartialEvaluator.columnReference(column)))
                .collect(toImmutableList()));
    }

    /// A call of the function that tells whether a column's value is one of a set, with the set by reference.
    static Expression valueInSetCall(String catalog, String column, UUID reference) {
        return masking(catalog, VALUE_IN_SET, PartialEvaluator.columnReference(column), new StringLiteral(NOWHERE, reference.toString()));
    }

    /// True for what looks a value up in a set.
    public static boolean isSetLookup(Expression expression) {
        return expression instanceof FunctionCall call && call.getName().getSuffix().equals(VALUE_IN_SET)
                && call.getName().getPrefix().isPresent();
    }

    static Expression comparison(String column, ComparisonPredicate.Operator operator, Expression value) {
        return new Predicated(NOWHERE, PartialEvaluator.columnReference(column), new ComparisonPredicate(NOWHERE, operator, value));
    }

    public static Expression nullValue() {
        return new NullLiteral(NOWHERE);
    }

    /// The text of the mask of a column.
    ///
    /// @param catalog the catalog that holds the masking functions
    public static String columnMask(String catalog, Expression expression) {
        return format(TryBody.rewriteLambdas(expression, catalog));
    }

    public static String format(Expression expression) {
        return ExpressionFormatter.formatExpression(expression);
    }

    public static boolean isLiteral(Expression expression, boolean value) {
        return expression instanceof BooleanLiteral literal && literal.getValue() == value;
    }

    private static Expression coalesce(Expression expression, Expression otherwise) {
        return new CoalesceExpression(NOWHERE, ImmutableList.of(expression, otherwise));
    }

    /// NULL where the expression fails.
    private static Expression tried(String catalog, Expression expression) {
        return new TryExpression(NOWHERE, masking(catalog, "may_fail", TryBody.rewrite(expression, catalog)));
    }

    /// The context is what comes in place of the variable.
    private static final class VariableReplacement extends ExpressionRewriter<Expression> {
        private final String variable;

        private VariableReplacement(String variable) {
            this.variable = requireNonNull(variable, "variable is null");
        }

        @Override
        public Expression rewriteIdentifier(Identifier node, Expression context, ExpressionTreeRewriter<Expression> treeRewriter) {
            return node.getValue().equals(variable) ? context : node;
        }

        /// The names within the type are no variables.
        @Override
        public Expression rewriteCast(Cast node, Expression context, ExpressionTreeRewriter<Expression> treeRewriter) {
            return new Cast(NOWHERE, treeRewriter.rewrite(node.getExpression(), context), node.getType(), node.isSafe());
        }
    }
}
