package io.github.trinopolicy.policy;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NodeLocation;

/// Reads policy texts. Thread-safe.
public final class PolicyTextParser {
    private final SqlParser parser = new SqlParser();

    /// What a text is evaluated over.
    public enum Scope {
        /// the user alone: `exempt`, `for`, `to`, `guardrail`, `who`
        USER,
        /// the user and a row: `where`, `condition`, `custom`
        ROW,
    }

    /// @throws PolicyTextException when the text does not parse or uses what a policy may not use
    public PolicyText parse(String text, Scope scope) {
        Expression expression;
        try {
            expression = parser.createExpression(text);
        }
        catch (ParsingException e) {
            throw new PolicyTextException(e.getErrorMessage(), e.getLineNumber(), e.getColumnNumber());
        }
        PolicyTextRules rules = new PolicyTextRules(scope);
        rules.check(expression);
        return new PolicyText(text, expression, rules.columns(), rules.tags(), rules.names(), rules.total());
    }

    static NodeLocation locationOf(Node node) {
        return node.getLocation().orElse(new NodeLocation(1, 1));
    }

    static ImmutableSet<String> callableFunctions() {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (PolicyFunction function : PolicyFunction.values()) {
            names.add(function.sqlName());
        }
        return names.addAll(Sets.union(EngineFunctions.TOTAL, EngineFunctions.PARTIAL)).build();
    }
}
