package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.migration.Condition.All;
import io.github.trinopolicy.migration.Condition.Any;
import io.github.trinopolicy.migration.Condition.Fixed;
import io.github.trinopolicy.migration.Condition.Groups;
import io.github.trinopolicy.migration.Condition.HasAttribute;
import io.github.trinopolicy.migration.Condition.Not;
import io.github.trinopolicy.migration.Condition.Users;
import io.github.trinopolicy.migration.Condition.UsesPurpose;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.ComparisonPredicate.Operator;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.Predicate;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.StringLiteral;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Writes conditions as policy texts, through Trino's syntax tree, so that no name can be read as anything else.
final class ConditionText {
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);
    /// Shortening asks about each part of a condition; longer ones are left as they are.
    private static final int MAX_SHORTENED = 40;

    private final Satisfiability satisfiability;

    ConditionText(Satisfiability satisfiability) {
        this.satisfiability = requireNonNull(satisfiability, "satisfiability is null");
    }

    String of(Condition condition) {
        return TrinoSql.format(expression(shortened(condition)));
    }

    /// Without the terms that add nothing.
    private Condition shortened(Condition condition) {
        return switch (condition) {
            case All all when all.terms().size() <= MAX_SHORTENED ->
                Condition.all(necessary(all.terms().stream().map(this::shortened).toList(), true));
            case Any any when any.terms().size() <= MAX_SHORTENED ->
                Condition.any(necessary(any.terms().stream().map(this::shortened).toList(), false));
            case Not not -> Condition.not(shortened(not.term()));
            default -> condition;
        };
    }

    private List<Condition> necessary(List<Condition> terms, boolean conjunction) {
        List<Condition> left = terms;
        for (Condition term : terms.reversed()) {
            List<Condition> others = left.stream().filter(other -> !other.equals(term)).toList();
            Condition rest = conjunction ? Condition.all(others) : Condition.any(others);
            if (conjunction ? satisfiability.implies(rest, term) : satisfiability.implies(term, rest)) {
                left = others;
            }
        }
        return left;
    }

    static Expression expression(Condition condition) {
        return switch (condition) {
            case Fixed fixed -> fixed.value() ? BooleanLiteral.TRUE_LITERAL : BooleanLiteral.FALSE_LITERAL;
            case Users users -> users(users);
            case Groups groups -> call("in_any_group", groups.names());
            case HasAttribute attribute -> call("has_attribute", ImmutableList.of(attribute.name(), attribute.value()));
            case UsesPurpose purpose -> call("using_purpose", ImmutableList.of(purpose.name()));
            case All all -> joined(LogicalExpression.Operator.AND, all.terms().stream().map(ConditionText::expression).toList());
            case Any any -> joined(LogicalExpression.Operator.OR, any.terms().stream().map(ConditionText::expression).toList());
            case Not not -> new NotExpression(NOWHERE, expression(not.term()));
        };
    }

    private static Expression users(Users users) {
        ImmutableList.Builder<Expression> terms = ImmutableList.builder();
        if (users.names().size() == 1) {
            terms.add(currentUser(new ComparisonPredicate(NOWHERE, Operator.EQUAL, text(users.names().iterator().next()))));
        }
        else if (!users.names().isEmpty()) {
            terms.add(currentUser(new InPredicate(NOWHERE, false,
                    new InListExpression(NOWHERE, users.names().stream().map(ConditionText::text).collect(toImmutableList())))));
        }
        users.prefixes().forEach(prefix -> terms.add(beginsWith(prefix)));
        return joined(LogicalExpression.Operator.OR, terms.build());
    }

    /// As a range, since a condition on the user has no functions on texts; Trino compares texts by code points.
    private static Expression beginsWith(String prefix) {
        Expression from = currentUser(new ComparisonPredicate(NOWHERE, Operator.GREATER_THAN_OR_EQUAL, text(prefix)));
        return after(prefix)
                .map(end -> joined(LogicalExpression.Operator.AND,
                        ImmutableList.of(from, currentUser(new ComparisonPredicate(NOWHERE, Operator.LESS_THAN, text(end))))))
                .orElse(from);
    }

    /// The first text after all those that begin with the prefix.
    private static Optional<String> after(String prefix) {
        int[] codePoints = prefix.codePoints().toArray();
        for (int length = codePoints.length; length > 0; length--) {
            int next = codePoints[length - 1] + 1;
            if (next <= Character.MAX_CODE_POINT) {
                boolean surrogate = next >= Character.MIN_SURROGATE && next <= Character.MAX_SURROGATE;
                return Optional.of(new String(codePoints, 0, length - 1)
                        + Character.toString(surrogate ? Character.MAX_SURROGATE + 1 : next));
            }
        }
        return Optional.empty();
    }

    private static Expression currentUser(Predicate predicate) {
        return new Predicated(NOWHERE, new CurrentUser(NOWHERE), predicate);
    }

    private static Expression joined(LogicalExpression.Operator operator, List<Expression> terms) {
        return terms.size() == 1 ? terms.getFirst() : new LogicalExpression(NOWHERE, operator, terms);
    }

    static Expression call(String function, Collection<String> arguments) {
        return new FunctionCall(NOWHERE, QualifiedName.of(function),
                arguments.stream().map(ConditionText::text).collect(toImmutableList()));
    }

    static Expression text(String value) {
        return new StringLiteral(NOWHERE, value);
    }
}
