package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.policy.PolicyTextParser.locationOf;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Traverser;
import io.github.trinopolicy.model.ObjectName;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.AllColumns;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.Parameter;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.SelectItem;
import io.trino.sql.tree.Statement;
import io.trino.sql.tree.Table;
import io.trino.sql.tree.TableFunctionInvocation;
import io.trino.sql.tree.WithQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The query of an attribute source: one SELECT over tables with full names, that calls nothing but builtin functions.
///
/// @param tables what it names
public record SourceQuery(String text, Set<ObjectName> tables) {
    private static final Set<String> OWN_CATALOGS = ImmutableSet.of("policy", "system");
    private static final int COLUMNS = 2;

    public SourceQuery {
        requireNonNull(text, "text is null");
        tables = ImmutableSet.copyOf(tables);
    }

    /// @throws PolicyTextException when the text does not parse, or is something else
    public static SourceQuery parse(String text) {
        Statement statement;
        try {
            statement = new SqlParser().createStatement(text);
        }
        catch (ParsingException e) {
            throw new PolicyTextException(e.getErrorMessage(), e.getLineNumber(), e.getColumnNumber());
        }
        if (!(statement instanceof Query query)) {
            throw refuse(statement, "an attribute source is one SELECT query, and changes nothing");
        }
        List<Node> nodes = ImmutableList.copyOf(Traverser.<Node>forTree(Node::getChildren).depthFirstPreOrder(query));
        Set<String> named = nodes.stream().filter(WithQuery.class::isInstance).map(WithQuery.class::cast)
                .map(with -> with.getName().getValue().toLowerCase(ENGLISH)).collect(toImmutableSet());
        ImmutableSet.Builder<ObjectName> tables = ImmutableSet.builder();
        nodes.forEach(node -> check(node, named).ifPresent(tables::add));
        checkColumns(query);
        return new SourceQuery(text, tables.build());
    }

    /// @param named the names of the common table expressions
    /// @return the table, where the node is one
    private static Optional<ObjectName> check(Node node, Set<String> named) {
        return switch (node) {
            case Query query when !query.getFunctions().isEmpty() || !query.getSessionProperties().isEmpty() ->
                throw refuse(node, "an attribute source defines no function and sets no session property");
            case TableFunctionInvocation function ->
                throw refuse(node, "table function '%s' is not allowed in an attribute source".formatted(function.getName()));
            case FunctionCall call when call.getName().getPrefix().isPresent() ->
                throw refuse(node, "function '%s' is not allowed in an attribute source; only builtin functions are"
                        .formatted(call.getName()));
            case Parameter _ -> throw refuse(node, "an attribute source has no parameters");
            case Table table -> table(table, named);
            default -> Optional.empty();
        };
    }

    private static Optional<ObjectName> table(Table table, Set<String> named) {
        QualifiedName name = table.getName();
        List<String> parts = name.getParts();
        if (parts.size() == 1 && named.contains(parts.getFirst())) {
            return Optional.empty();
        }
        if (parts.size() != 3) {
            throw refuse(table, "write '%s' with its catalog and schema, as catalog.schema.table".formatted(name));
        }
        ObjectName object = ObjectName.ofTable(parts.get(0), parts.get(1), parts.get(2));
        if (OWN_CATALOGS.contains(object.catalog()) || object.schema().equals(Optional.of("information_schema"))) {
            throw refuse(table, "'%s' belongs to Trino or to the policy plugin; an attribute source reads tables of data".formatted(name));
        }
        if (parts.get(2).contains("$")) {
            throw refuse(table, "'%s' shows metadata; an attribute source reads tables of data".formatted(name));
        }
        return Optional.of(object);
    }

    /// Where the query lists its columns. The rest shows when it runs.
    private static void checkColumns(Query query) {
        if (query.getQueryBody() instanceof QuerySpecification specification) {
            List<SelectItem> items = specification.getSelect().getSelectItems();
            if (items.stream().noneMatch(AllColumns.class::isInstance) && items.size() != COLUMNS) {
                throw refuse(query, "an attribute source selects two columns, the user and the value; this one selects %s"
                        .formatted(items.size()));
            }
        }
    }

    private static PolicyTextException refuse(Node node, String message) {
        NodeLocation location = locationOf(node);
        return new PolicyTextException(message, location.getLineNumber(), location.getColumnNumber());
    }
}
