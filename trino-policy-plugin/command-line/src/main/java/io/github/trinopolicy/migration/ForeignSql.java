package io.github.trinopolicy.migration;

import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.StringLiteral;
import java.util.Optional;

/// SQL over a row that another system runs in Trino, as policy text. What a policy text may not hold is refused as it is at `apply`.
final class ForeignSql {
    private final PolicyTextParser parser = new PolicyTextParser();

    /// The text as a policy may hold it.
    ///
    /// @param asUser the user as whom the other system evaluates the text; absent: whoever asks
    /// @throws PolicyTextException when a policy may not say this
    String rowText(String text, Optional<String> asUser) {
        PolicyText parsed = parser.parse(text, Scope.ROW);
        if (asUser.isEmpty() || !namesCurrentUser(parsed.expression())) {
            return text.strip();
        }
        return rowText(TrinoSql.format(ExpressionTreeRewriter.rewriteWith(new Fixing(asUser.get()), parsed.expression())),
                Optional.empty());
    }

    /// The simplest mask that does what the text says.
    Mask mask(String text) {
        Expression expression = parser.parse(text, Scope.ROW).expression();
        if (expression instanceof Cast cast && cast.getExpression() instanceof NullLiteral) {
            return new Mask.Null();
        }
        return switch (expression) {
            case NullLiteral _ -> new Mask.Null();
            case StringLiteral literal -> new Mask.Constant(literal.getValue());
            case LongLiteral literal -> new Mask.Constant(Long.toString(literal.getParsedValue()));
            case DecimalLiteral literal -> new Mask.Constant(literal.getValue());
            case BooleanLiteral literal -> new Mask.Constant(Boolean.toString(literal.getValue()));
            default -> new Mask.Custom(text);
        };
    }

    private static boolean namesCurrentUser(Node node) {
        return node instanceof CurrentUser || node.getChildren().stream().anyMatch(ForeignSql::namesCurrentUser);
    }

    private static final class Fixing extends ExpressionRewriter<Void> {
        private final String user;

        private Fixing(String user) {
            this.user = user;
        }

        @Override
        public Expression rewriteCurrentUser(CurrentUser node, Void context, ExpressionTreeRewriter<Void> treeRewriter) {
            return ConditionText.text(user);
        }
    }
}
