package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.enforcement.TableGuard.nameOf;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.policy.ColumnStatement;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.connector.EntityKindAndName;
import io.trino.spi.connector.EntityPrivilege;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.Privilege;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.TrinoPrincipal;
import io.trino.spi.security.ViewExpression;
import io.trino.spi.type.Type;
import java.security.Principal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// The enforcement point: every question that Trino asks, each answered by the guard whose matter it is. What no guard allows is denied.
/// Thread-safe and without I/O.
public final class PolicyAccessControl implements SystemAccessControl {
    private static final String RIGHTS_ARE_POLICIES = MessageCode.GRANTS.on("rights are given by policies: CALL policy.admin.apply");
    private static final String NOT_OPERATOR = MessageCode.OPERATORS.on("only operators and administrators may");
    private static final String NOT_ADMINISTRATOR = MessageCode.ADMINISTRATORS_OF_CATALOGS.on("only administrators may");
    private static final String NOT_ALLOWED_PROPERTY = MessageCode.SESSION_PROPERTY
            .on("policy.allowed-session-properties does not name it");
    private static final String NOT_ALLOWED_ROUTINE = MessageCode.ROUTINE.on("policy.allowed-routines does not name it");
    private static final String NOTHING_VISIBLE = MessageCode.NOTHING_VISIBLE.on("there is nothing in it that you may use");
    /// Part of the names of all properties that say where files are, such as `external_location`.
    private static final String LOCATION = "location";
    /// Where Iceberg keeps the rows of a materialized view.
    private static final String STORAGE_SCHEMA = "storage_schema";

    private final QueryRegistry queries;
    private final ImpersonationGuard impersonations;
    private final TableGuard tables;
    private final RenamingGuard renaming;
    private final TableView tableView;
    private final RoutineGuard routines;
    private final SystemGuard system;
    private final ObjectRegistry objects;
    private final boolean askerDecidesUnderViews;
    private final Runnable onShutdown;

    /// @param onShutdown runs when Trino ends
    public PolicyAccessControl(QueryRegistry queries, PolicyEvaluator evaluator, EnforcementUser enforcementUser, Roles roles,
            PolicyConfig config, ObjectRegistry objects, UnmaskAnnouncement unmaskAnnouncement, Runnable onShutdown) {
        this.queries = requireNonNull(queries, "queries is null");
        this.impersonations = new ImpersonationGuard(queries, evaluator, roles);
        this.tables = new TableGuard(queries, evaluator, enforcementUser, roles, config);
        this.renaming = new RenamingGuard(queries, tables, evaluator);
        this.tableView = new TableView(queries, tables, evaluator, enforcementUser);
        this.routines = new RoutineGuard(queries, tables, enforcementUser, new UnmaskGuard(queries, evaluator, unmaskAnnouncement),
                config);
        this.system = new SystemGuard(queries, roles, config);
        this.objects = requireNonNull(objects, "objects is null");
        this.askerDecidesUnderViews = config.getDefinerViews() == DefinerViews.INVOKER;
        this.onShutdown = requireNonNull(onShutdown, "onShutdown is null");
    }

    // users and queries

    @Override
    public void checkCanImpersonateUser(Identity identity, String userName) {
        check(impersonations.denies(identity, userName),
                reason -> AccessDeniedException.denyImpersonateUser(identity.getUser(), userName, reason));
    }

    @Override
    @SuppressWarnings("deprecation") // Trino still asks
    public void checkCanSetUser(Optional<Principal> principal, String userName) {
        if (queries.serviceUser().mayBeOf(principal, userName)) {
            // without the secret of a run, the session can do nothing
            return;
        }
        if (EnforcementUser.isReserved(userName) || principal.filter(login -> EnforcementUser.isReserved(login.getName())).isPresent()) {
            AccessDeniedException.denySetUser(principal, userName, EnforcementUser.NAME_IS_RESERVED);
        }
    }

    @Override
    public void checkCanExecuteQuery(Identity identity, QueryId queryId) {
        if (EnforcementUser.isReserved(identity.getUser()) && queries.serviceUser().reachOf(identity).isEmpty()) {
            AccessDeniedException.denyExecuteQuery(EnforcementUser.NAME_IS_RESERVED);
        }
        check(impersonations.deniesQuery(identity), AccessDeniedException::denyExecuteQuery);
        queries.enter(queryId, identity, impersonations.impersonator(identity));
    }

    @Override
    public void checkCanViewQueryOwnedBy(Identity identity, Identity queryOwner) {
        if (!system.maySeeQueryOf(identity, queryOwner)) {
            AccessDeniedException.denyViewQuery(NOT_OPERATOR);
        }
    }

    @Override
    public Collection<Identity> filterViewQueryOwnedBy(Identity identity, Collection<Identity> queryOwners) {
        return queryOwners.stream().filter(owner -> system.maySeeQueryOf(identity, owner)).collect(toImmutableList());
    }

    @Override
    public void checkCanKillQueryOwnedBy(Identity identity, Identity queryOwner) {
        if (!system.mayKillQueryOf(identity, queryOwner)) {
            AccessDeniedException.denyKillQuery(NOT_OPERATOR);
        }
    }

    @Override
    public void checkCanReadSystemInformation(Identity identity) {
        if (!system.isOperator(identity)) {
            AccessDeniedException.denyReadSystemInformationAccess(NOT_OPERATOR);
        }
    }

    @Override
    public void checkCanWriteSystemInformation(Identity identity) {
        if (!system.isOperator(identity)) {
            AccessDeniedException.denyWriteSystemInformationAccess(NOT_OPERATOR);
        }
    }

    @Override
    public void checkCanSetSystemSessionProperty(Identity identity, QueryId queryId, String propertyName) {
        if (!system.maySetSystemProperty(identity, propertyName)) {
            AccessDeniedException.denySetSystemSessionProperty(propertyName, NOT_ALLOWED_PROPERTY);
        }
    }

    @Override
    public void checkCanSetCatalogSessionProperty(SystemSecurityContext context, String catalogName, String propertyName) {
        if (!system.maySetCatalogProperty(context, catalogName, propertyName)) {
            AccessDeniedException.denySetCatalogSessionProperty(catalogName, propertyName,
                    NOT_ALLOWED_PROPERTY);
        }
    }

    // catalogs and schemas

    @Override
    public boolean canAccessCatalog(SystemSecurityContext context, String catalogName) {
        return tables.isVisible(context, ObjectName.ofCatalog(catalogName));
    }

    @Override
    public void checkCanCreateCatalog(SystemSecurityContext context, String catalog) {
        if (!system.isAdministrator(context)) {
            AccessDeniedException.denyCreateCatalog(catalog, NOT_ADMINISTRATOR);
        }
    }

    @Override
    public void checkCanDropCatalog(SystemSecurityContext context, String catalog) {
        if (!system.isAdministrator(context)) {
            AccessDeniedException.denyDropCatalog(catalog, NOT_ADMINISTRATOR);
        }
    }

    @Override
    public Set<String> filterCatalogs(SystemSecurityContext context, Set<String> catalogs) {
        return catalogs.stream().filter(catalog -> canAccessCatalog(context, catalog)).collect(toImmutableSet());
    }

    @Override
    public void checkCanCreateSchema(SystemSecurityContext context, CatalogSchemaName schema, Map<String, Object> properties) {
        check(tables.denies(context, nameOf(schema), Level.OWN).or(() -> deniesLocation(context, properties.keySet())),
                reason -> AccessDeniedException.denyCreateSchema(schema.toString(), reason));
    }

    @Override
    public void checkCanDropSchema(SystemSecurityContext context, CatalogSchemaName schema) {
        check(tables.deniesChangingWhole(context, nameOf(schema)),
                reason -> AccessDeniedException.denyDropSchema(schema.toString(), reason));
    }

    @Override
    public void checkCanRenameSchema(SystemSecurityContext context, CatalogSchemaName schema, String newSchemaName) {
        check(renaming.deniesRenaming(context, nameOf(schema), ObjectName.ofSchema(schema.getCatalogName(), newSchemaName)),
                reason -> AccessDeniedException.denyRenameSchema(schema.toString(), newSchemaName, reason));
        changeName(context, new NameChange.Renamed(nameOf(schema), ObjectName.ofSchema(schema.getCatalogName(), newSchemaName)));
    }

    @Override
    @SuppressWarnings("removal") // Trino may still ask
    public void checkCanSetSchemaAuthorization(SystemSecurityContext context, CatalogSchemaName schema, TrinoPrincipal principal) {
        denyAuthorization(schema.toString(), principal);
    }

    @Override
    public void checkCanShowSchemas(SystemSecurityContext context, String catalogName) {
        if (!canAccessCatalog(context, catalogName)) {
            AccessDeniedException.denyShowSchemas(NOTHING_VISIBLE);
        }
    }

    @Override
    public Set<String> filterSchemas(SystemSecurityContext context, String catalogName, Set<String> schemaNames) {
        return schemaNames.stream().filter(schema -> tables.isVisible(context, ObjectName.ofSchema(catalogName, schema)))
                .collect(toImmutableSet());
    }

    @Override
    public void checkCanShowCreateSchema(SystemSecurityContext context, CatalogSchemaName schemaName) {
        check(tables.denies(context, nameOf(schemaName), Level.OWN),
                reason -> AccessDeniedException.denyShowCreateSchema(schemaName.toString(), reason));
    }

    // tables

    @Override
    public void checkCanShowCreateTable(SystemSecurityContext context, CatalogSchemaTableName table) {
        Level level = tables.isGoverned(context, nameOf(table)) ? Level.OWN : Level.READ;
        check(tables.denies(context, nameOf(table), level), reason -> AccessDeniedException.denyShowCreateTable(table.toString(), reason));
    }

    @Override
    public void checkCanCreateTable(SystemSecurityContext context, CatalogSchemaTableName table, Map<String, Object> properties) {
        check(tables.deniesFilling(context, nameOf(table), Level.OWN).or(() -> deniesLocation(context, properties.keySet())),
                reason -> AccessDeniedException.denyCreateTable(table.toString(), reason));
        if (queries.require(context.getQueryId()).statement().filter(ColumnStatement::createsTable).isPresent()) {
            changeTable(context, SchemaEventKind.CREATED_TABLE, table, Optional.empty());
        }
    }

    @Override
    public void checkCanDropTable(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.denies(context, nameOf(table), Level.OWN), reason -> AccessDeniedException.denyDropTable(table.toString(), reason));
        changeTable(context, SchemaEventKind.DROPPED_TABLE, table, Optional.empty());
    }

    @Override
    public void checkCanRenameTable(SystemSecurityContext context, CatalogSchemaTableName table, CatalogSchemaTableName newTable) {
        check(renaming.deniesRenaming(context, nameOf(table), nameOf(newTable)),
                reason -> AccessDeniedException.denyRenameTable(table.toString(), newTable.toString(), reason));
        changeName(context, new NameChange.Renamed(nameOf(table), nameOf(newTable)));
    }

    @Override
    public void checkCanSetTableProperties(SystemSecurityContext context, CatalogSchemaTableName table,
            Map<String, Optional<Object>> properties) {
        check(tables.denies(context, nameOf(table), Level.OWN).or(() -> deniesLocation(context, properties.keySet())),
                reason -> AccessDeniedException.denySetTableProperties(table.toString(), reason));
    }

    @Override
    public void checkCanSetTableComment(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.denies(context, nameOf(table), Level.OWN), reason -> AccessDeniedException.denyCommentTable(table.toString(), reason));
    }

    @Override
    public void checkCanSetViewComment(SystemSecurityContext context, CatalogSchemaTableName view) {
        check(tables.denies(context, nameOf(view), Level.OWN), reason -> AccessDeniedException.denyCommentView(view.toString(), reason));
    }

    @Override
    public void checkCanSetColumnComment(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.denies(context, nameOf(table), Level.OWN),
                reason -> AccessDeniedException.denyCommentColumn(table.toString(), reason));
    }

    @Override
    public void checkCanShowTables(SystemSecurityContext context, CatalogSchemaName schema) {
        if (!tables.isVisible(context, nameOf(schema))) {
            AccessDeniedException.denyShowTables(schema.toString(), NOTHING_VISIBLE);
        }
    }

    @Override
    public Set<SchemaTableName> filterTables(SystemSecurityContext context, String catalogName, Set<SchemaTableName> tableNames) {
        return tableNames.stream().filter(table -> tables.isVisible(context, nameOf(catalogName, table))).collect(toImmutableSet());
    }

    @Override
    public void checkCanShowColumns(SystemSecurityContext context, CatalogSchemaTableName table) {
        if (!tables.isVisible(context, nameOf(table))) {
            AccessDeniedException.denyShowColumns(table.toString(), NOTHING_VISIBLE);
        }
    }

    @Override
    public Set<String> filterColumns(SystemSecurityContext context, CatalogSchemaTableName table, Set<String> columns) {
        return tables.isVisible(context, nameOf(table)) ? columns : ImmutableSet.of();
    }

    @Override
    public Map<SchemaTableName, Set<String>> filterColumns(SystemSecurityContext context, String catalogName,
            Map<SchemaTableName, Set<String>> tableColumns) {
        return ImmutableMap.copyOf(Maps.filterKeys(tableColumns, table -> tables.isVisible(context, nameOf(catalogName, table))));
    }

    @Override
    public void checkCanAddColumn(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.denies(context, nameOf(table), Level.OWN), reason -> AccessDeniedException.denyAddColumn(table.toString(), reason));
        renaming.columnAddedBy(context, nameOf(table)).ifPresent(change -> changeName(context, change));
        changeColumn(context, SchemaEventKind.ADDED_COLUMN, table, ColumnStatement::addedForCertain);
    }

    @Override
    public void checkCanAlterColumn(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.deniesAlteringColumn(context, nameOf(table)),
                reason -> AccessDeniedException.denyAlterColumn(table.toString(), reason));
        changeColumn(context, SchemaEventKind.RETYPED_COLUMN, table, ColumnStatement::retyped);
    }

    @Override
    public void checkCanDropColumn(SystemSecurityContext context, CatalogSchemaTableName table) {
        check(tables.denies(context, nameOf(table), Level.OWN), reason -> AccessDeniedException.denyDropColumn(table.toString(), reason));
        changeColumn(context, SchemaEventKind.DROPPED_COLUMN, table, ColumnStatement::droppedForCertain);
    }

    @Override
    @SuppressWarnings("removal") // Trino may still ask
    public void checkCanSetTableAuthorization(SystemSecurityContext context, CatalogSchemaTableName table, TrinoPrincipal principal) {
        denyAuthorization(table.toString(), principal);
    }

    @Override
    public void checkCanRenameColumn(SystemSecurityContext context, CatalogSchemaTableName table) {
        Optional<NameChange.ColumnRenamed> rename = renaming.columnRenamedBy(context, nameOf(table));
        check(renaming.deniesRenamingColumn(context, nameOf(table), rename),
                reason -> AccessDeniedException.denyRenameColumn(table.toString(), reason));
        rename.ifPresent(change -> changeName(context, change));
    }

    @Override
    public void checkCanSelectFromColumns(SystemSecurityContext context, CatalogSchemaTableName table, Optional<String> branch,
            Set<String> columns) {
        ObjectName name = nameOf(table);
        if (TableGuard.isSystem(name)) {
            QueryContext query = queries.require(context.getQueryId());
            if (query.isService() && !query.mayList(name)) {
                AccessDeniedException.denySelectColumns(table.toString(), branch, columns,
                        MessageCode.SERVICE_USER.on("the service user reads tables of data only"));
            }
            if (name.catalog().equals("system") && !system.mayReadSystemTable(context, name)) {
                AccessDeniedException.denySelectColumns(table.toString(), branch, columns,
                        MessageCode.OPERATORS.on("only operators and administrators read system tables"));
            }
            return;
        }
        check(tables.deniesReading(context, name, columns),
                reason -> AccessDeniedException.denySelectColumns(table.toString(), branch, columns, reason));
    }

    @Override
    public void checkCanSelectFromColumns(SystemSecurityContext context, CatalogSchemaTableName table, Set<String> columns) {
        checkCanSelectFromColumns(context, table, Optional.empty(), columns);
    }

    @Override
    public void checkCanInsertIntoTable(SystemSecurityContext context, CatalogSchemaTableName table, Optional<String> branch) {
        check(tables.deniesFilling(context, nameOf(table), Level.WRITE),
                reason -> AccessDeniedException.denyInsertTable(table.toString(), branch, reason));
    }

    @Override
    public void checkCanInsertIntoTable(SystemSecurityContext context, CatalogSchemaTableName table) {
        checkCanInsertIntoTable(context, table, Optional.empty());
    }

    @Override
    public void checkCanDeleteFromTable(SystemSecurityContext context, CatalogSchemaTableName table, Optional<String> branch) {
        check(tables.denies(context, nameOf(table), Level.WRITE),
                reason -> AccessDeniedException.denyDeleteTable(table.toString(), branch, reason));
    }

    @Override
    public void checkCanDeleteFromTable(SystemSecurityContext context, CatalogSchemaTableName table) {
        checkCanDeleteFromTable(context, table, Optional.empty());
    }

    @Override
    public void checkCanTruncateTable(SystemSecurityContext context, CatalogSchemaTableName table) {
        // unlike DELETE it does not spare rows that are hidden from the user
        check(tables.denies(context, nameOf(table), Level.OWN).or(() -> tableView.hidesRows(context, nameOf(table))
                ? Optional.of(MessageCode.HIDDEN_ROWS.on("a row filter hides rows from you that would be deleted too"))
                : Optional.empty()), reason -> AccessDeniedException.denyTruncateTable(table.toString(), reason));
    }

    @Override
    public void checkCanUpdateTableColumns(SystemSecurityContext context, CatalogSchemaTableName table, Optional<String> branch,
            Set<String> updatedColumnNames) {
        check(tables.deniesFilling(context, nameOf(table), Level.WRITE),
                reason -> AccessDeniedException.denyUpdateTableColumns(table.toString(), branch, updatedColumnNames, reason));
    }

    @Override
    public void checkCanUpdateTableColumns(SystemSecurityContext context, CatalogSchemaTableName table, Set<String> updatedColumnNames) {
        checkCanUpdateTableColumns(context, table, Optional.empty(), updatedColumnNames);
    }

    @Override
    public void checkCanShowBranches(SystemSecurityContext context, CatalogSchemaTableName tableName) {
        check(tables.denies(context, nameOf(tableName), Level.OWN),
                reason -> AccessDeniedException.denyShowBranches(tableName.toString(), reason));
    }

    @Override
    public void checkCanCreateBranch(SystemSecurityContext context, CatalogSchemaTableName tableName, String branchName) {
        check(tables.denies(context, nameOf(tableName), Level.OWN),
                reason -> AccessDeniedException.denyCreateBranch(tableName.toString(), reason));
    }

    @Override
    public void checkCanDropBranch(SystemSecurityContext context, CatalogSchemaTableName tableName, String branchName) {
        check(tables.denies(context, nameOf(tableName), Level.OWN),
                reason -> AccessDeniedException.denyDropBranch(tableName.toString(), reason));
    }

    @Override
    public void checkCanFastForwardBranch(SystemSecurityContext context, CatalogSchemaTableName tableName, String sourceBranchName,
            String targetBranchName) {
        check(tables.denies(context, nameOf(tableName), Level.OWN),
                reason -> AccessDeniedException.denyFastForwardBranch(tableName.toString(), reason));
    }

    // how a table looks

    @Override
    public List<ViewExpression> getRowFilters(SystemSecurityContext context, CatalogSchemaTableName tableName) {
        return tableView.filters(context, nameOf(tableName));
    }

    @Override
    public Map<ColumnSchema, ViewExpression> getColumnMasks(SystemSecurityContext context, CatalogSchemaTableName tableName,
            List<ColumnSchema> columns) {
        return tableView.masks(context, nameOf(tableName), columns);
    }

    @Override
    @SuppressWarnings("deprecation") // the engine asks for all columns at once; this must not fall back to "no mask"
    public Optional<ViewExpression> getColumnMask(SystemSecurityContext context, CatalogSchemaTableName tableName, String columnName,
            Type type) {
        ColumnSchema column = ColumnSchema.builder().setName(columnName).setType(type).build();
        return Optional.ofNullable(getColumnMasks(context, tableName, ImmutableList.of(column)).get(column));
    }

    // views

    @Override
    public void checkCanCreateView(SystemSecurityContext context, CatalogSchemaTableName view) {
        check(tables.denies(context, nameOf(view), Level.OWN).or(() -> deniesAdministrationInView(context)),
                reason -> AccessDeniedException.denyCreateView(view.toString(), reason));
        if (askerDecidesUnderViews) {
            // otherwise the view shows its owner's data, and its columns need approval as those of a table do
            queries.require(context.getQueryId()).createView(nameOf(view));
        }
    }

    @Override
    public void checkCanRenameView(SystemSecurityContext context, CatalogSchemaTableName view, CatalogSchemaTableName newView) {
        check(renaming.deniesRenaming(context, nameOf(view), nameOf(newView)),
                reason -> AccessDeniedException.denyRenameView(view.toString(), newView.toString(), reason));
        changeName(context, new NameChange.Renamed(nameOf(view), nameOf(newView)));
    }

    @Override
    @SuppressWarnings("removal") // Trino may still ask
    public void checkCanSetViewAuthorization(SystemSecurityContext context, CatalogSchemaTableName view, TrinoPrincipal principal) {
        denyAuthorization(view.toString(), principal);
    }

    @Override
    public void checkCanRefreshView(SystemSecurityContext context, CatalogSchemaTableName viewName) {
        check(tables.denies(context, nameOf(viewName), Level.OWN),
                reason -> AccessDeniedException.denyRefreshView(viewName.toString(), reason));
    }

    @Override
    public void checkCanDropView(SystemSecurityContext context, CatalogSchemaTableName view) {
        check(tables.denies(context, nameOf(view), Level.OWN), reason -> AccessDeniedException.denyDropView(view.toString(), reason));
        queries.require(context.getQueryId()).dropView(nameOf(view));
    }

    @Override
    public void checkCanCreateViewWithSelectFromColumns(SystemSecurityContext context, CatalogSchemaTableName table,
            Optional<String> branch,
            Set<String> columns) {
        checkCanSelectFromColumns(context, table, branch, columns);
    }

    @Override
    public void checkCanCreateViewWithSelectFromColumns(SystemSecurityContext context, CatalogSchemaTableName table, Set<String> columns) {
        checkCanSelectFromColumns(context, table, Optional.empty(), columns);
    }

    @Override
    public void checkCanCreateMaterializedView(SystemSecurityContext context, CatalogSchemaTableName materializedView,
            Map<String, Object> properties) {
        check(deniesMaterializedView(context, materializedView).or(() -> deniesLocation(context, properties.keySet()))
                .or(() -> deniesAdministrationInView(context)),
                reason -> AccessDeniedException.denyCreateMaterializedView(materializedView.toString(), reason));
    }

    @Override
    public void checkCanRefreshMaterializedView(SystemSecurityContext context, CatalogSchemaTableName materializedView) {
        check(deniesMaterializedView(context, materializedView),
                reason -> AccessDeniedException.denyRefreshMaterializedView(materializedView.toString(), reason));
    }

    @Override
    @SuppressWarnings("removal") // Trino may still ask
    public void checkCanSetMaterializedViewAuthorization(SystemSecurityContext context, CatalogSchemaTableName view,
            TrinoPrincipal principal) {
        denyAuthorization(view.toString(), principal);
    }

    @Override
    public void checkCanSetMaterializedViewProperties(SystemSecurityContext context, CatalogSchemaTableName materializedView,
            Map<String, Optional<Object>> properties) {
        check(tables.denies(context, nameOf(materializedView), Level.OWN).or(() -> deniesLocation(context, properties.keySet())),
                reason -> AccessDeniedException.denySetMaterializedViewProperties(materializedView.toString(), reason));
    }

    @Override
    public void checkCanDropMaterializedView(SystemSecurityContext context, CatalogSchemaTableName materializedView) {
        check(tables.denies(context, nameOf(materializedView), Level.OWN),
                reason -> AccessDeniedException.denyDropMaterializedView(materializedView.toString(), reason));
    }

    @Override
    public void checkCanRenameMaterializedView(SystemSecurityContext context, CatalogSchemaTableName view, CatalogSchemaTableName newView) {
        check(renaming.deniesRenaming(context, nameOf(view), nameOf(newView)),
                reason -> AccessDeniedException.denyRenameMaterializedView(view.toString(), newView.toString(), reason));
        changeName(context, new NameChange.Renamed(nameOf(view), nameOf(newView)));
    }

    // rights and roles are given by policies alone

    @Override
    public void checkCanGrantSchemaPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaName schema,
            TrinoPrincipal grantee,
            boolean grantOption) {
        AccessDeniedException.denyGrantSchemaPrivilege(privilege.toString(), schema.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanDenySchemaPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaName schema,
            TrinoPrincipal grantee) {
        AccessDeniedException.denyDenySchemaPrivilege(privilege.toString(), schema.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanRevokeSchemaPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaName schema,
            TrinoPrincipal revokee,
            boolean grantOption) {
        AccessDeniedException.denyRevokeSchemaPrivilege(privilege.toString(), schema.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanGrantTablePrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            TrinoPrincipal grantee,
            boolean grantOption) {
        AccessDeniedException.denyGrantTablePrivilege(privilege.toString(), table.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanDenyTablePrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            TrinoPrincipal grantee) {
        AccessDeniedException.denyDenyTablePrivilege(privilege.toString(), table.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanRevokeTablePrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            TrinoPrincipal revokee,
            boolean grantOption) {
        AccessDeniedException.denyRevokeTablePrivilege(privilege.toString(), table.toString(), RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanGrantTableBranchPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            String branchName,
            TrinoPrincipal grantee, boolean grantOption) {
        AccessDeniedException.denyGrantTableBranchPrivilege(privilege.toString(), table.toString(), branchName, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanDenyTableBranchPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            String branchName,
            TrinoPrincipal grantee) {
        AccessDeniedException.denyDenyTableBranchPrivilege(privilege.toString(), table.toString(), branchName, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanRevokeTableBranchPrivilege(SystemSecurityContext context, Privilege privilege, CatalogSchemaTableName table,
            String branchName,
            TrinoPrincipal revokee, boolean grantOption) {
        AccessDeniedException.denyRevokeTableBranchPrivilege(privilege.toString(), table.toString(), branchName, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanGrantEntityPrivilege(SystemSecurityContext context, EntityPrivilege privilege, EntityKindAndName entity,
            TrinoPrincipal grantee,
            boolean grantOption) {
        AccessDeniedException.denyGrantEntityPrivilege(privilege.toString(), entity, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanDenyEntityPrivilege(SystemSecurityContext context, EntityPrivilege privilege, EntityKindAndName entity,
            TrinoPrincipal grantee) {
        AccessDeniedException.denyDenyEntityPrivilege(privilege.toString(), entity, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanRevokeEntityPrivilege(SystemSecurityContext context, EntityPrivilege privilege, EntityKindAndName entity,
            TrinoPrincipal revokee,
            boolean grantOption) {
        AccessDeniedException.denyRevokeEntityPrivilege(privilege.toString(), entity, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanSetEntityAuthorization(SystemSecurityContext context, EntityKindAndName entityKindAndName,
            TrinoPrincipal principal) {
        AccessDeniedException.denySetEntityAuthorization(entityKindAndName, principal, RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanShowRoles(SystemSecurityContext context) {
        throw new AccessDeniedException("Cannot show roles: " + RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanCreateRole(SystemSecurityContext context, String role, Optional<TrinoPrincipal> grantor) {
        throw new AccessDeniedException("Cannot create role %s: %s".formatted(role, RIGHTS_ARE_POLICIES));
    }

    @Override
    public void checkCanDropRole(SystemSecurityContext context, String role) {
        throw new AccessDeniedException("Cannot drop role %s: %s".formatted(role, RIGHTS_ARE_POLICIES));
    }

    @Override
    public void checkCanGrantRoles(SystemSecurityContext context, Set<String> roles, Set<TrinoPrincipal> grantees, boolean adminOption,
            Optional<TrinoPrincipal> grantor) {
        throw new AccessDeniedException("Cannot grant roles %s: %s".formatted(roles, RIGHTS_ARE_POLICIES));
    }

    @Override
    public void checkCanRevokeRoles(SystemSecurityContext context, Set<String> roles, Set<TrinoPrincipal> grantees, boolean adminOption,
            Optional<TrinoPrincipal> grantor) {
        throw new AccessDeniedException("Cannot revoke roles %s: %s".formatted(roles, RIGHTS_ARE_POLICIES));
    }

    @Override
    public void checkCanShowCurrentRoles(SystemSecurityContext context) {
        throw new AccessDeniedException("Cannot show current roles: " + RIGHTS_ARE_POLICIES);
    }

    @Override
    public void checkCanShowRoleGrants(SystemSecurityContext context) {
        throw new AccessDeniedException("Cannot show role grants: " + RIGHTS_ARE_POLICIES);
    }

    // routines

    @Override
    public void checkCanExecuteProcedure(SystemSecurityContext context, CatalogSchemaRoutineName procedure) {
        if (!routines.canExecuteProcedure(context, procedure)) {
            AccessDeniedException.denyExecuteProcedure(procedure.toString(), NOT_ALLOWED_ROUTINE);
        }
    }

    @Override
    public boolean canExecuteFunction(SystemSecurityContext context, CatalogSchemaRoutineName functionName) {
        return routines.canExecuteFunction(context, functionName);
    }

    @Override
    public boolean canCreateViewWithExecuteFunction(SystemSecurityContext context, CatalogSchemaRoutineName functionName) {
        return routines.canCreateViewWithExecuteFunction(context, functionName);
    }

    @Override
    public void checkCanExecuteTableProcedure(SystemSecurityContext context, CatalogSchemaTableName table, String procedure) {
        if (!routines.canExecuteTableProcedure(context, table, procedure)) {
            throw MessageCode.ROUTINE.refusal(("Cannot execute table procedure %s on %s: you need to own the table, and "
                    + "policy.allowed-routines to name it").formatted(procedure, table));
        }
    }

    @Override
    public void checkCanShowFunctions(SystemSecurityContext context, CatalogSchemaName schema) {
        if (!tables.isVisible(context, nameOf(schema))) {
            AccessDeniedException.denyShowFunctions(schema.toString(), NOTHING_VISIBLE);
        }
    }

    @Override
    public Set<SchemaFunctionName> filterFunctions(SystemSecurityContext context, String catalogName,
            Set<SchemaFunctionName> functionNames) {
        return routines.visible(context, catalogName, functionNames);
    }

    @Override
    public void checkCanCreateFunction(SystemSecurityContext context, CatalogSchemaRoutineName functionName) {
        check(deniesFunction(context, functionName), reason -> AccessDeniedException.denyCreateFunction(functionName.toString(), reason));
    }

    @Override
    public void checkCanDropFunction(SystemSecurityContext context, CatalogSchemaRoutineName functionName) {
        check(deniesFunction(context, functionName), reason -> AccessDeniedException.denyDropFunction(functionName.toString(), reason));
    }

    @Override
    public void checkCanShowCreateFunction(SystemSecurityContext context, CatalogSchemaRoutineName functionName) {
        check(deniesFunction(context, functionName),
                reason -> AccessDeniedException.denyShowCreateFunction(functionName.toString(), reason));
    }

    // life

    @Override
    public Iterable<EventListener> getEventListeners() {
        return ImmutableList.of(new QueryCompletionListener(queries, objects));
    }

    @Override
    public void shutdown() {
        onShutdown.run();
    }

    private void changeColumn(SystemSecurityContext context, SchemaEventKind kind, CatalogSchemaTableName table,
            Function<ColumnStatement, Optional<String>> column) {
        queries.require(context.getQueryId()).statement().flatMap(column)
                .ifPresent(name -> changeTable(context, kind, table, Optional.of(name)));
    }

    private void changeTable(SystemSecurityContext context, SchemaEventKind kind, CatalogSchemaTableName table, Optional<String> column) {
        if (tables.isGoverned(context, nameOf(table))) {
            queries.require(context.getQueryId()).changeTable(kind, nameOf(table), column);
        }
    }

    /// What is known of an object follows its name. Of what is not governed nothing is known.
    private void changeName(SystemSecurityContext context, NameChange change) {
        if (change.objects().stream().anyMatch(object -> tables.concernsGoverned(context, object))) {
            queries.changeName(context.getQueryId(), change);
        }
    }

    private Optional<String> deniesFunction(SystemSecurityContext context, CatalogSchemaRoutineName function) {
        ObjectName schema = ObjectName.ofSchema(function.getCatalogName(), function.getSchemaName());
        return TableGuard.isSystem(schema)
                ? Optional.of(MessageCode.SYSTEM_SCHEMA.on("the schema belongs to Trino or to the policy plugin"))
                : tables.denies(context, schema, Level.OWN);
    }

    private Optional<String> deniesMaterializedView(SystemSecurityContext context, CatalogSchemaTableName view) {
        if (!tables.isGoverned(context, nameOf(view))) {
            return Optional.of(MessageCode.MATERIALIZED_VIEW
                    .on("a materialized view keeps a copy, so it is only allowed in a governed schema"));
        }
        return tables.denies(context, nameOf(view), Level.OWN);
    }

    private Optional<String> deniesAdministrationInView(SystemSecurityContext context) {
        return queries.require(context.getQueryId()).callsAdministration()
                ? Optional.of(MessageCode.ADMINISTRATION_IN_VIEW
                        .on("functions of the policy catalog answer the asking user and are refused inside views"))
                : Optional.empty();
    }

    private Optional<String> deniesLocation(SystemSecurityContext context, Set<String> properties) {
        return tables.isExempt(context)
                ? Optional.empty()
                : properties.stream().filter(property -> property.contains(LOCATION) || property.equals(STORAGE_SCHEMA)).sorted()
                        .findFirst()
                        .map(property -> MessageCode.LOCATION
                                .on("property '%s' could reach data that no policy of this object guards".formatted(property)));
    }

    private static void denyAuthorization(String object, TrinoPrincipal principal) {
        throw new AccessDeniedException("Cannot set authorization of %s to %s: %s".formatted(object, principal, RIGHTS_ARE_POLICIES));
    }

    /// Denies with the reason, and denies once more should the callback return.
    private static void check(Optional<String> denial, Consumer<String> deny) {
        denial.ifPresent(reason -> {
            deny.accept(reason);
            throw new AccessDeniedException(reason);
        });
    }
}
