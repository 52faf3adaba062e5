package io.github.trinopolicy.administration;

import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static io.trino.spi.StandardErrorCode.NOT_FOUND;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.PolicyAdministration.Review;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.Declassification;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What calls say of data sources: who may say it, and of which. Thread-safe.
public final class StewardActions {
    private final PolicyAdministration administration;
    private final Authorization authorization;

    public StewardActions(PolicyAdministration administration, Authorization authorization) {
        this.administration = requireNonNull(administration, "administration is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    public void unregister(ConnectorSession session, String object) {
        QueryContext query = authorization.query(session);
        ObjectName name = CallArguments.objectName(object);
        authorization.requireAdministrator(query.asker(), "unregister " + name);
        administration.remove(Authorization.act(query, "unregister"), Kind.DATA_SOURCE, name.toString());
    }

    /// @param object a catalog, schema, table or column
    public void removeTag(ConnectorSession session, String object, String tag) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "remove a tag");
        Optional<ColumnName> column = CallArguments.parts(object).size() == 4
                ? Optional.of(CallArguments.columnName(object))
                : Optional.empty();
        ObjectName name = column.map(ColumnName::table).orElseGet(() -> CallArguments.objectName(object));
        administration.editLayers(Authorization.act(query, "remove_tag"), DataSource.class, Kind.DATA_SOURCE, name.toString(),
                before -> column.map(ColumnName::column)
                        .map(columnName -> DataSourceEdits.withoutColumnTag(before, columnName, tag))
                        .orElseGet(() -> DataSourceEdits.withoutTag(before, tag)));
    }

    public void register(ConnectorSession session, String object) {
        QueryContext query = authorization.query(session);
        ObjectName name = CallArguments.objectName(object);
        authorization.requireOwner(query.snapshot(), query.asker(), name, "register " + name);
        administration.editDataSource(session, Authorization.act(query, "register"), name, ImmutableList.of(),
                declassification(query, name, "register " + name), UnaryOperator.identity());
    }

    /// @param object a catalog, schema, table or column
    public void addTag(ConnectorSession session, String object, String tag) {
        QueryContext query = authorization.query(session);
        List<String> parts = CallArguments.parts(object);
        Optional<ColumnName> column = parts.size() == 4 ? Optional.of(CallArguments.columnName(object)) : Optional.empty();
        ObjectName name = column.map(ColumnName::table).orElseGet(() -> CallArguments.objectName(object));
        authorization.requireOwner(query.snapshot(), query.asker(), name, "tag " + object);
        administration.editDataSource(session, Authorization.act(query, "add_tag"), name, ImmutableList.of(),
                declassification(query, name, "add tag %s to %s".formatted(Wording.quoted(tag), object)),
                before -> column.map(ColumnName::column)
                        .map(columnName -> DataSourceEdits.withColumn(before, columnName, ImmutableSet.of(tag)))
                        .orElseGet(() -> DataSourceEdits.withTag(before, tag)));
    }

    public void approveColumn(ConnectorSession session, String table, String column) {
        QueryContext query = authorization.query(session);
        ObjectName name = CallArguments.objectName(table);
        if (!name.isTable()) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "'%s' is no table: write catalog.schema.table".formatted(name));
        }
        authorization.requireOwner(query.snapshot(), query.asker(), name, "approve a column of " + name);
        if (!query.snapshot().isGoverned(name)) {
            throw new TrinoException(NOT_FOUND, "'%s' is not registered: CALL policy.admin.register".formatted(name));
        }
        List<Column> columns = requireColumns(session, name);
        Column approved = columns.stream().filter(real -> real.name().equalsIgnoreCase(column)).findFirst()
                .orElseThrow(() -> new TrinoException(NOT_FOUND, "table '%s' has no column %s%s".formatted(name, Wording.quoted(column),
                        Wording.didYouMean(column, columns.stream().map(Column::name).toList()))));
        administration.editDataSource(session, Authorization.act(query, "approve_column"), name, ImmutableList.of(approved),
                declassification(query, name, "approve a column of " + name),
                before -> DataSourceEdits.withColumn(before, approved.name(), ImmutableSet.of()));
    }

    /// An owner's act may let nobody see more.
    private Optional<Review> declassification(QueryContext query, ObjectName object, String act) {
        return authorization.isAdministrator(query.asker())
                ? Optional.empty()
                : Optional.of((before, after) -> Declassification.reason(before, after, object)
                        .ifPresent(reason -> authorization.requireAdministrator(query.asker(),
                                "%s, since somebody could then see more (%s)".formatted(act, reason))));
    }

    private List<Column> requireColumns(ConnectorSession session, ObjectName table) {
        return administration.describe(session, table)
                .orElseThrow(() -> new TrinoException(NOT_FOUND, "table '%s' does not exist".formatted(table)));
    }
}
