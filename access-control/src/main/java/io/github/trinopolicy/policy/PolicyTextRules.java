package io.github.trinopolicy.policy;

import static io.github.trinopolicy.policy.PolicyTextParser.locationOf;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.trino.sql.tree.ArithmeticBinaryExpression;
import io.trino.sql.tree.ArithmeticUnaryExpression;
import io.trino.sql.tree.Array;
import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.BinaryLiteral;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.BooleanTestPredicate;
import io.trino.sql.tree.CallArgument;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.CurrentCatalog;
import io.trino.sql.tree.CurrentDate;
import io.trino.sql.tree.CurrentPath;
import io.trino.sql.tree.CurrentSchema;
import io.trino.sql.tree.CurrentTime;
import io.trino.sql.tree.CurrentTimestamp;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DateTimeDataType;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.DistinctFromPredicate;
import io.trino.sql.tree.DoubleLiteral;
import io.trino.sql.tree.ExistsPredicate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Extract;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IntervalLiteral;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LambdaArgumentDeclaration;
import io.trino.sql.tree.LambdaExpression;
import io.trino.sql.tree.LikePredicate;
import io.trino.sql.tree.LocalTime;
import io.trino.sql.tree.LocalTimestamp;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.MatchPredicate;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.QuantifiedComparisonPredicate;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.SearchedCaseExpression;
import io.trino.sql.tree.SimpleCaseExpression;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.SubqueryExpression;
import io.trino.sql.tree.SubscriptExpression;
import io.trino.sql.tree.Trim;
import io.trino.sql.tree.TryExpression;
import io.trino.sql.tree.UniquePredicate;
import io.trino.sql.tree.WhenClause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Walks one text and lets pass only what is on the lists; whatever Trino's grammar gains stays out until somebody has thought about it.
final class PolicyTextRules {
    private static final Set<Class<? extends Node>> USER_NODES = ImmutableSet.of(LogicalExpression.class, NotExpression.class,
            BooleanLiteral.class, NullLiteral.class, StringLiteral.class, FunctionCall.class, CallArgument.class, CurrentUser.class,
            Predicated.class, ComparisonPredicate.class, InPredicate.class, InListExpression.class, IsNullPredicate.class);

    private static final Set<Class<? extends Node>> TOTAL_ROW_NODES = ImmutableSet.<Class<? extends Node>>builder()
            .addAll(USER_NODES)
            .add(Identifier.class, LongLiteral.class, DoubleLiteral.class, DecimalLiteral.class, BinaryLiteral.class, Array.class,
                    BetweenPredicate.class, DistinctFromPredicate.class, BooleanTestPredicate.class, CoalesceExpression.class,
                    NullIfExpression.class, IfExpression.class, SearchedCaseExpression.class, SimpleCaseExpression.class,
                    WhenClause.class, TryExpression.class, Trim.class)
            .build();

    /// May fail on some rows: conversions, arithmetic, patterns, steps into values.
    private static final Set<Class<? extends Node>> PARTIAL_ROW_NODES = ImmutableSet.of(ArithmeticBinaryExpression.class,
            ArithmeticUnaryExpression.class, Cast.class, LikePredicate.class, GenericLiteral.class, IntervalLiteral.class, Extract.class,
            DereferenceExpression.class, SubscriptExpression.class, LambdaExpression.class, LambdaArgumentDeclaration.class);

    private static final Set<Class<? extends Node>> SUBQUERIES = ImmutableSet.of(SubqueryExpression.class, ExistsPredicate.class,
            QuantifiedComparisonPredicate.class, MatchPredicate.class, UniquePredicate.class, Query.class);

    private static final Set<Class<? extends Node>> SESSION = ImmutableSet.of(CurrentCatalog.class, CurrentSchema.class, CurrentPath.class,
            CurrentDate.class, CurrentTime.class, CurrentTimestamp.class, LocalTime.class, LocalTimestamp.class);

    private final Scope scope;
    private final Set<String> columns = new HashSet<>();
    private final Set<String> tags = new HashSet<>();
    private final Set<String> groups = new HashSet<>();
    private final Set<String> attributes = new HashSet<>();
    private final Set<String> purposes = new HashSet<>();
    private boolean total = true;

    PolicyTextRules(Scope scope) {
        this.scope = requireNonNull(scope, "scope is null");
    }

    void check(Expression expression) {
        check(expression, ImmutableSet.of());
    }

    Set<String> columns() {
        return columns;
    }

    Set<String> tags() {
        return tags;
    }

    PolicyText.Names names() {
        return new PolicyText.Names(groups, attributes, purposes);
    }

    boolean total() {
        return total;
    }

    /// @param variables names bound by lambdas around the node
    private void check(Node node, Set<String> variables) {
        if (SUBQUERIES.contains(node.getClass())) {
            throw refuse(node,
                    "a subquery is not allowed in a policy; declare an AttributeSource, which reads the table into an attribute of users, and compare with that");
        }
        if (SESSION.contains(node.getClass())) {
            throw refuse(node, "'%s' depends on the session and is not allowed in a policy".formatted(node));
        }
        switch (node) {
            case FunctionCall call -> checkCall(call, variables);
            case Identifier identifier -> {
                if (scope == Scope.USER) {
                    throw refuse(node,
                            "column '%s' is not allowed here: this text is decided by the user alone".formatted(identifier.getValue()));
                }
                if (!variables.contains(nameOf(identifier))) {
                    columns.add(nameOf(identifier));
                }
            }
            case DereferenceExpression dereference -> {
                requireRowScope(node);
                total = false;
                check(dereference.getBase(), variables);
                return;
            }
            case LambdaExpression lambda -> {
                requireRowScope(node);
                total = false;
                Set<String> inner = new HashSet<>(variables);
                lambda.getArguments().forEach(argument -> inner.add(nameOf(argument.getName())));
                check(lambda.getBody(), inner);
                return;
            }
            case Cast cast -> {
                requireRowScope(node);
                if (hasTimeZone(cast.getType())) {
                    throw refuse(node, "a conversion to a type with time zone depends on the session and is not allowed in a policy");
                }
                total = false;
                check(cast.getExpression(), variables);
                return;
            }
            case CallArgument argument when argument.getName().isPresent() ->
                throw refuse(node, "a named argument is not allowed in a policy");
            default -> checkNode(node);
        }
        for (Node child : node.getChildren()) {
            if (!(child instanceof DataType)) {
                check(child, variables);
            }
        }
    }

    private static boolean hasTimeZone(Node type) {
        return (type instanceof DateTimeDataType dateTime && dateTime.isWithTimeZone())
                || type.getChildren().stream().anyMatch(PolicyTextRules::hasTimeZone);
    }

    private void checkNode(Node node) {
        if (scope == Scope.USER) {
            if (!USER_NODES.contains(node.getClass())) {
                throw refuse(node,
                        "'%s' is not allowed here: a condition on the user is made of policy functions, current_user, AND, OR and NOT"
                                .formatted(node));
            }
            return;
        }
        if (PARTIAL_ROW_NODES.contains(node.getClass())) {
            total = false;
        }
        else if (!TOTAL_ROW_NODES.contains(node.getClass())) {
            throw refuse(node, "'%s' is not allowed in a policy".formatted(node));
        }
    }

    private void requireRowScope(Node node) {
        if (scope == Scope.USER) {
            checkNode(node);
        }
    }

    /// A name as Trino resolves it, without regard to case.
    private static String nameOf(Identifier identifier) {
        return identifier.getValue().toLowerCase(ENGLISH);
    }

    private void checkCall(FunctionCall call, Set<String> variables) {
        String name = call.getName().toString().toLowerCase(ENGLISH);
        if (call.getFilter().isPresent() || call.getOrderBy().isPresent() || call.getWindow().isPresent() || call.isDistinct()
                || EngineFunctions.AGGREGATES.contains(name)) {
            throw refuse(call, "'%s' is an aggregate or window function and is not allowed in a policy".formatted(name));
        }
        if (EngineFunctions.NON_DETERMINISTIC.contains(name)) {
            throw refuse(call, "function '%s' is not deterministic and is not allowed in a policy".formatted(name));
        }
        if (EngineFunctions.SESSION_DEPENDENT.contains(name)) {
            throw refuse(call, "function '%s' depends on the session and is not allowed in a policy".formatted(name));
        }
        PolicyFunction.named(name).ifPresentOrElse(function -> checkPolicyFunction(function, call, variables),
                () -> checkEngineFunction(name, call));
    }

    private void checkEngineFunction(String name, FunctionCall call) {
        if (EngineFunctions.PARTIAL.contains(name) || EngineFunctions.takesLengthFromTheRow(name, call.argumentValues())) {
            total = false;
        }
        else if (!EngineFunctions.TOTAL.contains(name)) {
            throw refuse(call, "function '%s' is not among those that a policy may call%s".formatted(name,
                    Wording.didYouMean(name, PolicyTextParser.callableFunctions())));
        }
        if (scope == Scope.USER) {
            throw refuse(call, "function '%s' is not allowed here: a condition on the user is made of policy functions".formatted(name));
        }
    }

    private void checkPolicyFunction(PolicyFunction function, FunctionCall call, Set<String> variables) {
        List<Expression> arguments = call.argumentValues();
        if (!function.accepts(arguments.size())) {
            throw refuse(call, "function '%s' does not take %s arguments".formatted(function.sqlName(), arguments.size()));
        }
        if (scope == Scope.USER && function.readsColumns()) {
            throw refuse(call, "function '%s' is not allowed here: this text is decided by the user alone".formatted(function.sqlName()));
        }
        switch (function) {
            case HAS_ATTRIBUTE -> {
                attributes.add(literal(function, arguments.get(0)));
                literal(function, arguments.get(1));
            }
            case ATTRIBUTE_VALUES_CONTAIN -> {
                attributes.add(literal(function, arguments.get(0)));
                requireColumn(function, arguments.get(1), variables);
            }
            case IN_ANY_GROUP, IN_ALL_GROUPS -> arguments.forEach(argument -> groups.add(literal(function, argument)));
            case USING_PURPOSE -> purposes.add(literal(function, arguments.get(0)));
            case GROUPS_CONTAIN, PURPOSES_CONTAIN -> requireColumn(function, arguments.get(0), variables);
            case COLUMN_TAGGED -> tags.add(literal(function, arguments.get(0)));
            case MASKED_COLUMN, CURRENT_PROJECT -> {
            }
        }
    }

    private static String literal(PolicyFunction function, Expression argument) {
        if (argument instanceof StringLiteral literal) {
            return literal.getValue();
        }
        throw refuse(argument, "function '%s' takes a text in single quotes here".formatted(function.sqlName()));
    }

    private static void requireColumn(PolicyFunction function, Expression argument, Set<String> variables) {
        boolean column = (argument instanceof Identifier identifier && !variables.contains(nameOf(identifier)))
                || (argument instanceof FunctionCall call && PolicyFunction.named(call.getName().toString().toLowerCase(ENGLISH))
                        .filter(inner -> inner == PolicyFunction.COLUMN_TAGGED || inner == PolicyFunction.MASKED_COLUMN).isPresent());
        if (!column) {
            throw refuse(argument, "function '%s' takes a column here".formatted(function.sqlName()));
        }
    }

    private static PolicyTextException refuse(Node node, String message) {
        NodeLocation location = locationOf(node);
        return new PolicyTextException(message, location.getLineNumber(), location.getColumnNumber());
    }
}
