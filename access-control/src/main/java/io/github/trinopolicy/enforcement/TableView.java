package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.TableDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.enforcement.QueryTrace.Reading;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.ViewExpression;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a table looks to whoever asks: the row filters and column masks of a decision as expressions for the engine. Thread-safe.
final class TableView {
    private static final String NO_ROW = "false";

    private final QueryRegistry queries;
    private final TableGuard guard;
    private final PolicyEvaluator evaluator;
    private final EnforcementUser enforcementUser;

    TableView(QueryRegistry queries, TableGuard guard, PolicyEvaluator evaluator, EnforcementUser enforcementUser) {
        this.queries = requireNonNull(queries, "queries is null");
        this.guard = requireNonNull(guard, "guard is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.enforcementUser = requireNonNull(enforcementUser, "enforcementUser is null");
    }

    Map<ColumnSchema, ViewExpression> masks(SystemSecurityContext context, ObjectName table, List<ColumnSchema> columns) {
        if (!isFiltered(context, table)) {
            return ImmutableMap.of();
        }
        QueryContext query = queries.require(context.getQueryId());
        // columns that name their file or partition are refused when they are read, so that writers of the table are not blocked by a mask
        List<Column> tableColumns = columns.stream()
                .filter(column -> !(column.isHidden() && column.getName().startsWith("$")))
                .map(column -> new Column(column.getName().toLowerCase(ENGLISH), column.getType()))
                .collect(toImmutableList());
        query.rememberColumns(table, tableColumns);
        TableDecision decision = decide(context, query, table, tableColumns);
        query.trace().decided(new Reading(table, context.getIdentity().getUser()), decision);
        ImmutableMap.Builder<ColumnSchema, ViewExpression> masks = ImmutableMap.builder();
        for (ColumnSchema column : columns) {
            Optional.ofNullable(decision.columns().get(column.getName().toLowerCase(ENGLISH)))
                    .flatMap(TableDecision.ColumnDecision::expression)
                    .ifPresent(expression -> masks.put(column, viewExpression(expression)));
        }
        return masks.buildOrThrow();
    }

    List<ViewExpression> filters(SystemSecurityContext context, ObjectName table) {
        if (!isFiltered(context, table)) {
            return ImmutableList.of();
        }
        QueryContext query = queries.require(context.getQueryId());
        query.trace().filtersAsked(new Reading(table, context.getIdentity().getUser()));
        Optional<List<Column>> columns = query.columns(table);
        List<FilterDecision> filters = decide(context, query, table, columns.orElseGet(() -> knownColumns(query, table))).filters();
        if (columns.isEmpty()) {
            // Trino has not named the columns: it only wants to know whether there is a filter
            return filters.stream().anyMatch(filter -> filter.expression().isPresent())
                    ? ImmutableList.of(viewExpression(NO_ROW))
                    : ImmutableList.of();
        }
        return filters.stream().map(FilterDecision::expression).flatMap(Optional::stream).distinct().map(this::viewExpression)
                .collect(toImmutableList());
    }

    /// The columns as they were approved, for judging whether a filter applies at all; of which types they are does not matter for that.
    private static List<Column> knownColumns(QueryContext query, ObjectName table) {
        return query.snapshot().knownTable(table).stream()
                .flatMap(known -> known.columns().keySet().stream())
                .map(name -> new Column(name, VarcharType.VARCHAR))
                .collect(toImmutableList());
    }

    /// True when rows of the table are hidden from whoever asks.
    boolean hidesRows(SystemSecurityContext context, ObjectName table) {
        return !filters(context, table).isEmpty();
    }

    private boolean isFiltered(SystemSecurityContext context, ObjectName table) {
        return !TableGuard.isSystem(table) && !enforcementUser.is(context.getIdentity()) && guard.isGoverned(context, table)
                && !guard.isExempt(context);
    }

    private TableDecision decide(SystemSecurityContext context, QueryContext query, ObjectName table, List<Column> columns) {
        TableDecision decision = evaluator.decide(query.snapshot(), guard.deciding(context), table, columns);
        if (decision.showsByException()) {
            query.readUnderException();
            TableGuard.deniesCarryingOut(query).ifPresent(reason -> {
                throw new AccessDeniedException("Cannot select from table %s: %s".formatted(table, reason));
            });
        }
        return decision;
    }

    private ViewExpression viewExpression(String expression) {
        return ViewExpression.builder().identity(enforcementUser.name()).expression(expression).build();
    }
}
