package io.github.trinopolicy.policy;

import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.AllColumns;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.ExecuteImmediate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.SelectItem;
import io.trino.sql.tree.SingleColumn;
import io.trino.sql.tree.Statement;
import io.trino.sql.tree.TableFunctionInvocation;

/// A statement that shows columns of a table function and does nothing else. It fills nothing; it joins nothing, so that no value becomes a
/// filter of another table; it computes nothing, so that no error quotes a value; it sorts and groups nothing, so that nothing is spilled.
public final class SampleStatement {
    private SampleStatement() {
    }

    /// True for `SELECT column, ... FROM TABLE(...)`, with or without a limit and aliases, and for nothing else that there is.
    public static boolean isSampleAlone(String sql) {
        try {
            SqlParser parser = new SqlParser();
            Statement statement = parser.createStatement(sql);
            return isPlain(statement instanceof ExecuteImmediate immediate
                    ? parser.createStatement(immediate.getStatement().getValue())
                    : statement);
        }
        catch (ParsingException e) {
            // as a statement that is not known
            return false;
        }
    }

    private static boolean isPlain(Statement statement) {
        return statement instanceof Query query
                && query.getSessionProperties().isEmpty()
                && query.getFunctions().isEmpty()
                && query.getWith().isEmpty()
                && query.getOrderBy().isEmpty()
                && query.getOffset().isEmpty()
                && query.getQueryBody() instanceof QuerySpecification specification
                && isPlain(specification);
    }

    private static boolean isPlain(QuerySpecification query) {
        return !query.getSelect().isDistinct()
                && query.getSelect().getSelectItems().stream().allMatch(SampleStatement::isColumn)
                && query.getFrom().filter(SampleStatement::isFunction).isPresent()
                && query.getWhere().isEmpty()
                && query.getGroupBy().isEmpty()
                && query.getHaving().isEmpty()
                && query.getWindows().isEmpty()
                && query.getOrderBy().isEmpty()
                && query.getOffset().isEmpty();
    }

    private static boolean isFunction(Relation relation) {
        return relation instanceof TableFunctionInvocation
                || (relation instanceof AliasedRelation aliased && aliased.getRelation() instanceof TableFunctionInvocation);
    }

    private static boolean isColumn(SelectItem item) {
        return switch (item) {
            case AllColumns all -> all.getTarget().isEmpty() || all.getTarget().filter(SampleStatement::isName).isPresent();
            case SingleColumn column -> isName(column.getExpression());
            default -> false;
        };
    }

    private static boolean isName(Expression expression) {
        return expression instanceof Identifier
                || (expression instanceof DereferenceExpression dereference && isName(dereference.getBase()));
    }
}
