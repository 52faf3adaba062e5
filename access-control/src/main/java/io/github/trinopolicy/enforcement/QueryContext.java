package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.policy.ColumnStatement;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.QueryId;
import io.trino.spi.security.Identity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// What is fixed for one query from its first check on: who asks, and the snapshot that decides. Thread-safe.
public final class QueryContext {
    private final QueryId id;
    private final Subject asker;
    private final Optional<Identity> identity;
    private final Optional<String> impersonator;
    private final boolean exempt;
    private final Optional<ServiceReach> service;
    private final PolicySnapshot snapshot;
    private final Map<ObjectName, List<Column>> columns = new ConcurrentHashMap<>();
    private final QueryTrace trace = new QueryTrace();
    private volatile boolean readsUnderException;
    private volatile boolean fillsUngoverned;
    private volatile boolean callsAdministration;
    private volatile Optional<ObjectName> createdView = Optional.empty();
    private volatile Optional<ObjectName> droppedView = Optional.empty();
    private volatile Optional<NameChange> nameChange = Optional.empty();
    private volatile Optional<SchemaEvent> tableChange = Optional.empty();
    private volatile Optional<ColumnStatement> statement = Optional.empty();
    private volatile Optional<SubmittedQuery> submitted = Optional.empty();

    /// @param identity what of the asker entitles him; empty for the service user
    QueryContext(QueryId id, Subject asker, Optional<Identity> identity, Optional<String> impersonator, boolean exempt,
            Optional<ServiceReach> service, PolicySnapshot snapshot) {
        this.id = requireNonNull(id, "id is null");
        this.asker = requireNonNull(asker, "asker is null");
        this.identity = requireNonNull(identity, "identity is null");
        this.impersonator = requireNonNull(impersonator, "impersonator is null");
        this.exempt = exempt;
        this.service = requireNonNull(service, "service is null");
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
    }

    public QueryId id() {
        return id;
    }

    public Subject asker() {
        return asker;
    }

    Optional<Identity> identity() {
        return identity;
    }

    /// The user who logged in, where he acts as the asker.
    public Optional<String> impersonator() {
        return impersonator;
    }

    /// False for the owner of a view or routine, whom Trino asks for in place of the asker, and who has not logged in.
    boolean isAskedBy(Identity identity) {
        return identity.getUser().equals(asker.user()) && identity.getPrincipal().isPresent();
    }

    public boolean exempt() {
        return exempt;
    }

    /// True for a query of [ServiceUser].
    boolean isService() {
        return service.isPresent();
    }

    /// True when the query of the service user is about the table, or something in the catalog or schema.
    boolean isAbout(ObjectName object) {
        return service.filter(reach -> reach.reads(object)).isPresent();
    }

    /// True when the query of the service user asks which tables there are, and the object is of these.
    boolean describes(ObjectName object) {
        return service.filter(reach -> reach.describes(object)).isPresent();
    }

    /// True when the query of the service user may ask it which tables there are.
    boolean mayList(ObjectName systemTable) {
        return service.filter(reach -> reach.mayList(systemTable)).isPresent();
    }

    /// True when the query of the service user sees through views what their owners may read.
    boolean readsThroughViews() {
        return service.filter(ServiceReach::throughViews).isPresent();
    }

    public PolicySnapshot snapshot() {
        return snapshot;
    }

    /// What the query was let read, for the audit log.
    QueryTrace trace() {
        return trace;
    }

    /// The engine names the columns when it asks for masks and not when it asks for filters of the same table right after.
    void rememberColumns(ObjectName table, List<Column> tableColumns) {
        columns.put(table, tableColumns);
    }

    Optional<List<Column>> columns(ObjectName table) {
        return Optional.ofNullable(columns.get(table));
    }

    void readUnderException() {
        readsUnderException = true;
    }

    void fillUngoverned() {
        fillsUngoverned = true;
    }

    /// True when what somebody may see by an exception alone would be copied to where no policy guards it.
    boolean carriesExceptionOut() {
        return readsUnderException && fillsUngoverned;
    }

    /// The query makes this view, if it succeeds.
    void createView(ObjectName view) {
        createdView = Optional.of(view);
    }

    Optional<ObjectName> createdView() {
        return createdView;
    }

    /// The query drops this view, if it succeeds.
    void dropView(ObjectName view) {
        droppedView = Optional.of(view);
    }

    Optional<ObjectName> droppedView() {
        return droppedView;
    }

    /// The query makes a name mean something else, if it succeeds.
    void changeName(NameChange change) {
        nameChange = Optional.of(change);
    }

    Optional<NameChange> nameChange() {
        return nameChange;
    }

    /// The query makes, drops or alters this table, if it succeeds.
    ///
    /// @param column empty for the table as a whole
    void changeTable(SchemaEventKind kind, ObjectName table, Optional<String> column) {
        tableChange = Optional.of(schemaEvent(kind, table, column));
    }

    Optional<SchemaEvent> tableChange() {
        return tableChange;
    }

    /// What the query has done, for the history.
    SchemaEvent schemaEvent(SchemaEventKind kind, ObjectName object, Optional<String> column) {
        return new SchemaEvent(kind, object, column, Optional.empty(), Optional.empty(), Optional.of(asker.user()), Optional.of(id.id()),
                OptionalLong.empty());
    }

    /// Trino tells the statement before it asks the first question about it.
    void rememberStatement(String sql) {
        statement = Optional.of(new ColumnStatement(sql));
    }

    Optional<ColumnStatement> statement() {
        return statement;
    }

    void submit(SubmittedQuery query) {
        submitted = Optional.of(query);
    }

    /// How the query came in; empty where Trino has not told yet.
    public Optional<SubmittedQuery> submitted() {
        return submitted;
    }

    void callAdministration() {
        callsAdministration = true;
    }

    boolean callsAdministration() {
        return callsAdministration;
    }
}
