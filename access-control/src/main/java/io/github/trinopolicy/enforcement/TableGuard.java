package io.github.trinopolicy.enforcement;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Answers at which level somebody may use a catalog, schema or table. An answer is empty when the use is allowed, else the reason why
/// not, in the user's words. Thread-safe.
final class TableGuard {
    private static final Optional<String> ALLOWED = Optional.empty();
    private static final String INFORMATION_SCHEMA = "information_schema";
    private static final String CHANGE_COLUMN_PREFIX = "_change_";

    private final QueryRegistry queries;
    private final PolicyEvaluator evaluator;
    private final EnforcementUser enforcementUser;
    private final Roles roles;
    private final UngovernedTables ungovernedTables;
    private final DefinerViews definerViews;

    TableGuard(QueryRegistry queries, PolicyEvaluator evaluator, EnforcementUser enforcementUser, Roles roles, PolicyConfig config) {
        this.queries = requireNonNull(queries, "queries is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.enforcementUser = requireNonNull(enforcementUser, "enforcementUser is null");
        this.roles = requireNonNull(roles, "roles is null");
        this.ungovernedTables = requireNonNull(config.getUngovernedTables(), "ungovernedTables is null");
        this.definerViews = config.getDefinerViews();
    }

    /// The user whose policies count: the one who asks, also under a view, unless definer views are configured to show their owner's data.
    Subject deciding(SystemSecurityContext context) {
        QueryContext query = queries.require(context.getQueryId());
        Identity identity = context.getIdentity();
        // a view must not make the service user read for its owner, who would get to see what is read
        if ((definerViews == DefinerViews.OWNER || query.isService()) && !identity.getUser().equals(query.asker().user())
                && !enforcementUser.is(identity)) {
            return queries.subject(identity, query.snapshot(), query.asker().moment());
        }
        return query.asker();
    }

    boolean isExempt(SystemSecurityContext context) {
        QueryContext query = queries.require(context.getQueryId());
        Subject deciding = deciding(context);
        return deciding.equals(query.asker()) ? query.exempt() : roles.isExempt(deciding);
    }

    /// Catalogs and schemas that Trino or this plugin fills, filtered row by row for whoever asks.
    static boolean isSystem(ObjectName name) {
        return name.catalog().equals("system") || name.catalog().equals(PolicyCatalog.NAME)
                || name.schema().filter(INFORMATION_SCHEMA::equals).isPresent();
    }

    Optional<String> denies(SystemSecurityContext context, ObjectName object, Level level) {
        QueryContext query = queries.require(context.getQueryId());
        if (query.isService()) {
            if (level != Level.READ) {
                return Optional.of(MessageCode.SERVICE_USER.on("the service user only reads"));
            }
            if (context.getIdentity().getUser().equals(query.asker().user())) {
                return query.isAbout(object)
                        ? ALLOWED
                        : Optional.of(MessageCode.SERVICE_USER
                                .on("the service user reads only the tables that its query names, and through no view"));
            }
            if (!query.readsThroughViews()) {
                return Optional.of(MessageCode.SERVICE_USER.on("this query of the service user reads a table itself, and no view"));
            }
        }
        if (EnforcementUser.isReserved(context.getIdentity().getUser()) && !enforcementUser.is(context.getIdentity())) {
            return Optional.of(EnforcementUser.NAME_IS_RESERVED);
        }
        if (isExempt(context)) {
            return ALLOWED;
        }
        if (queries.moving().closes(object, context.getQueryId(), query.snapshot().version())) {
            return Optional.of(MessageCode.BEING_RENAMED.on("%s is being renamed; try again in a moment".formatted(object)));
        }
        return denies(query.snapshot(), deciding(context), object, level);
    }

    private Optional<String> denies(PolicySnapshot snapshot, Subject subject, ObjectName object, Level level) {
        if (isMetadataOfGoverned(snapshot, object)) {
            return Optional.of(MessageCode.METADATA.on("metadata tables show values and rows that policies hide"));
        }
        if (!snapshot.isGoverned(object)) {
            return ungovernedTables.allows(level)
                    ? ALLOWED
                    : Optional.of(MessageCode.UNGOVERNED.on("%s is not registered, and policy.ungoverned-tables is %s"
                            .formatted(object, ungovernedTables.name().toLowerCase(ENGLISH))));
        }
        AccessDecision access = evaluator.access(snapshot, subject, object);
        if (access.allows(level)) {
            return ALLOWED;
        }
        Optional<String> broken = access.brokenPolicy();
        if (broken.isPresent()) {
            return Optional.of(MessageCode.BROKEN_POLICY
                    .on("policy '%s' does not compile and closes %s until a governor corrects it; policy.metadata.health tells him why"
                            .formatted(broken.get(), object)));
        }
        if (access.outside().isPresent()) {
            return Optional.of(MessageCode.OUTSIDE_PROJECT.on("%s is %s".formatted(object, access.outside().get())));
        }
        return Optional.of(MessageCode.NO_POLICY.on("no policy lets %s %s %s; SELECT * FROM TABLE(policy.session.explain('%s')) tells why"
                .formatted(subject.user(), verb(level), object, object.toString().replace("'", "''"))));
    }

    /// Why the columns may not be read. Reading by the expressions of policies themselves is always allowed.
    Optional<String> deniesReading(SystemSecurityContext context, ObjectName table, Set<String> columns) {
        if (enforcementUser.is(context.getIdentity())) {
            return ALLOWED;
        }
        Optional<String> denied = denies(context, table, Level.READ);
        if (denied.isPresent() || isExempt(context) || !queries.require(context.getQueryId()).snapshot().isGoverned(table)) {
            return denied;
        }
        if (columns.stream().anyMatch(column -> column.startsWith("$") || column.startsWith(CHANGE_COLUMN_PREFIX))) {
            return Optional.of(MessageCode.METADATA.on("metadata columns show values that policies hide"));
        }
        return ALLOWED;
    }

    /// True for `t$files` and the like, where `t` or what holds it is governed; also for a governed table that is merely named so.
    private static boolean isMetadataOfGoverned(PolicySnapshot snapshot, ObjectName object) {
        String name = object.table().orElse("");
        return name.contains("$") && (snapshot.isGoverned(object) || IntStream.range(0, name.length())
                .filter(position -> name.charAt(position) == '$')
                .mapToObj(position -> new ObjectName(object.catalog(), object.schema(), Optional.of(name.substring(0, position))))
                .anyMatch(snapshot::isGoverned));
    }

    /// Why a schema, with all that is in it, may not be changed.
    Optional<String> deniesChangingWhole(SystemSecurityContext context, ObjectName schema) {
        return denies(context, schema, Level.OWN).or(() -> registeredWithin(context, schema)
                .map(table -> denies(context, table, Level.OWN)).flatMap(Optional::stream).findFirst());
    }

    /// Why somebody may not change a table, create it or put rows into it.
    Optional<String> deniesFilling(SystemSecurityContext context, ObjectName table, Level level) {
        Optional<String> denied = denies(context, table, level);
        if (denied.isPresent()) {
            return denied;
        }
        QueryContext query = queries.require(context.getQueryId());
        if (!query.exempt() && !query.snapshot().isGoverned(table)) {
            query.fillUngoverned();
        }
        return deniesCarryingOut(query);
    }

    /// Why a query may not go on that both reads by an exception and fills a table that no policy guards.
    static Optional<String> deniesCarryingOut(QueryContext query) {
        return query.carriesExceptionOut()
                ? Optional.of(MessageCode.CARRYING_OUT
                        .on("the query reads a governed table under an exception, so it may only fill governed tables"))
                : ALLOWED;
    }

    /// Why the user may not alter a column. Masks select by the names of fields and by types, and who has the level `own` sees columns of which
    /// nobody has described the type.
    Optional<String> deniesAlteringColumn(SystemSecurityContext context, ObjectName table) {
        return denies(context, table, Level.OWN).or(() -> {
            PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
            boolean escapes = !isExempt(context) && snapshot.isGoverned(table)
                    && evaluator.escapesByAltering(snapshot, deciding(context), table);
            return escapes
                    ? Optional.of(MessageCode.RENAMING.on(
                            "masks that hide columns of %s from %s would not know them when altered; ask somebody from whom they hide nothing"
                                    .formatted(table, deciding(context).user())))
                    : ALLOWED;
        });
    }

    /// True for what is governed, or holds something governed.
    boolean concernsGoverned(SystemSecurityContext context, ObjectName object) {
        return isGoverned(context, object) || registeredWithin(context, object).findAny().isPresent();
    }

    /// True when the user may know that the object exists.
    boolean isVisible(SystemSecurityContext context, ObjectName object) {
        if (isSystem(object)) {
            return true;
        }
        return denies(context, object, Level.READ).isEmpty() || isVisibleByContent(context, object) || isDescribed(context, object);
    }

    private boolean isDescribed(SystemSecurityContext context, ObjectName object) {
        QueryContext query = queries.require(context.getQueryId());
        return query.describes(object) && context.getIdentity().getUser().equals(query.asker().user());
    }

    /// A catalog or schema shows when something registered in it does.
    private boolean isVisibleByContent(SystemSecurityContext context, ObjectName object) {
        if (object.isTable()) {
            return false;
        }
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        Subject subject = deciding(context);
        return snapshot.dataSources().stream()
                .filter(dataSource -> !dataSource.objectName().equals(object) && object.contains(dataSource.objectName()))
                .anyMatch(dataSource -> evaluator.access(snapshot, subject, dataSource.objectName()).allows(Level.READ)
                        || dataSource.owners().contains(subject.user(), subject.groups()))
                || subject.project().flatMap(snapshot::project).stream()
                        .flatMap(project -> project.dataSources().stream())
                        .anyMatch(dataSource -> object.contains(dataSource)
                                && evaluator.access(snapshot, subject, dataSource).allows(Level.READ));
    }

    boolean isGoverned(SystemSecurityContext context, ObjectName object) {
        return queries.require(context.getQueryId()).snapshot().isGoverned(object);
    }

    /// True when the catalog or something in it is registered.
    boolean holdsGoverned(SystemSecurityContext context, String catalog) {
        ObjectName name = ObjectName.ofCatalog(catalog);
        return isGoverned(context, name) || registeredWithin(context, name).findAny().isPresent();
    }

    Stream<ObjectName> registeredWithin(SystemSecurityContext context, ObjectName object) {
        return queries.require(context.getQueryId()).snapshot().dataSources().stream().map(DataSource::objectName)
                .filter(registered -> object.contains(registered) && !registered.equals(object));
    }

    boolean allowsUngoverned(Level level) {
        return ungovernedTables.allows(level);
    }

    static ObjectName nameOf(CatalogSchemaTableName table) {
        return ObjectName.ofTable(table.getCatalogName(), table.getSchemaTableName().getSchemaName(),
                table.getSchemaTableName().getTableName());
    }

    static ObjectName nameOf(String catalog, SchemaTableName table) {
        return ObjectName.ofTable(catalog, table.getSchemaName(), table.getTableName());
    }

    static ObjectName nameOf(CatalogSchemaName schema) {
        return ObjectName.ofSchema(schema.getCatalogName(), schema.getSchemaName());
    }

    private static String verb(Level level) {
        return switch (level) {
            case READ -> "read";
            case WRITE -> "write to";
            case OWN -> "change";
        };
    }
}
