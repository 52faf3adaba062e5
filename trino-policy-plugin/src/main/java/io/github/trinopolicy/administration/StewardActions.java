package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
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
import io.github.trinopolicy.impact.ImpactAnalysis;
import io.github.trinopolicy.impact.ImpactRow;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.store.Act;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The acts of administration as calls name them: who may do each, and what it says of which object. Thread-safe.
public final class StewardActions {
    private static final int MAXIMUM_PARTS = 10_000;

    private final PolicyAdministration administration;
    private final Authorization authorization;
    private final PlanWarnings warnings;
    private final ImpactAnalysis impact;
    private final Clock clock;

    public StewardActions(PolicyAdministration administration, Authorization authorization, PlanWarnings warnings,
            ImpactAnalysis impact, Clock clock) {
        this.administration = requireNonNull(administration, "administration is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.warnings = requireNonNull(warnings, "warnings is null");
        this.impact = requireNonNull(impact, "impact is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    public void apply(ConnectorSession session, String bundle, boolean prune, @Nullable String source, @Nullable String reason) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "apply a bundle");
        administration.apply(session, new Act(query.asker().user(), Optional.ofNullable(source), Optional.ofNullable(reason), "apply"),
                bundle, prune);
    }

    /// Undoes everything since a revision, as a new one.
    public void restore(ConnectorSession session, long revision) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "restore a revision");
        administration.restore(new Act(query.asker().user(), Optional.empty(), Optional.of("back to revision " + revision), "restore"),
                revision);
    }

    /// Keeps a part of a bundle that is too long for one statement.
    ///
    /// @param part its place, from 1
    public void stage(ConnectorSession session, String bundleId, long part, String text) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "stage a bundle");
        if (part < 1 || part > MAXIMUM_PARTS) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "part must be a number from 1 to %s".formatted(MAXIMUM_PARTS));
        }
        administration.stage(query.asker().user(), requireName("bundle_id", bundleId), (int) part, text);
    }

    /// Applies the parts that the same user staged, as one bundle and one version, and forgets them.
    public void applyStaged(ConnectorSession session, String bundleId, boolean prune, @Nullable String source, @Nullable String reason) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "apply a bundle");
        String author = query.asker().user();
        administration.apply(session, new Act(author, Optional.ofNullable(source), Optional.ofNullable(reason), "apply"),
                administration.staged(author, bundleId),
                prune);
        administration.removeStaged(author, bundleId);
    }

    /// Refuses who may not read all policies: only administrators and auditors may.
    public void requireReader(ConnectorSession session) {
        authorization.requireAuditor(authorization.query(session).asker(), "read all policies");
    }

    /// What applying the bundle would change, with warnings.
    ///
    /// @param source null: whose objects they are does not matter
    public List<PlannedChange> plan(ConnectorSession session, String bundle, boolean prune, @Nullable String source) {
        requireReader(session);
        Preview preview = administration.preview(session, bundle, prune, Optional.ofNullable(source));
        return ImmutableList.<PlannedChange>builder().addAll(preview.changes()).addAll(warnings.of(preview)).build();
    }

    /// Who would see what otherwise if the bundle were applied.
    ///
    /// @param source null: whose objects they are does not matter
    public List<ImpactRow> impact(ConnectorSession session, String bundle, boolean prune, @Nullable String source) {
        requireReader(session);
        return impact.analyze(administration.preview(session, bundle, prune, Optional.ofNullable(source)).change(), clock.instant()).rows();
    }

    /// Forgets the parts that the same user staged, where they shall not be applied.
    public void unstage(ConnectorSession session, String bundleId) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "unstage a bundle");
        administration.removeStaged(query.asker().user(), requireName("bundle_id", bundleId));
    }

    /// The parts that the asking user staged, put together.
    public String staged(ConnectorSession session, String bundleId) {
        requireReader(session);
        return administration.staged(authorization.query(session).asker().user(), bundleId);
    }

    /// All documents.
    public List<String> export(ConnectorSession session) {
        requireReader(session);
        return administration.export();
    }

    public void remove(ConnectorSession session, String kind, String name) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "remove an object");
        Kind removed = Kind.fromDocumentName(kind)
                .orElseThrow(() -> new TrinoException(INVALID_PROCEDURE_ARGUMENT, "there is no kind %s%s".formatted(
                        Wording.quoted(kind), Wording.didYouMean(kind, Stream.of(Kind.values()).map(Kind::documentName).toList()))));
        administration.remove(act(query, "remove"), removed, removed == Kind.DATA_SOURCE ? objectName(name).toString() : name);
    }

    public void unregister(ConnectorSession session, String object) {
        QueryContext query = authorization.query(session);
        ObjectName name = objectName(object);
        authorization.requireAdministrator(query.asker(), "unregister " + name);
        administration.remove(act(query, "unregister"), Kind.DATA_SOURCE, name.toString());
    }

    /// @param object a catalog, schema, table or column
    public void removeTag(ConnectorSession session, String object, String tag) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "remove a tag");
        Optional<ColumnName> column = parse(object).size() == 4 ? Optional.of(columnName(object)) : Optional.empty();
        ObjectName name = column.map(ColumnName::table).orElseGet(() -> objectName(object));
        administration.editLayers(act(query, "remove_tag"), DataSource.class, Kind.DATA_SOURCE, name.toString(),
                before -> column.map(ColumnName::column)
                        .map(columnName -> withoutColumnTag(before, columnName, tag))
                        .orElseGet(() -> withTags(before, without(before.tags(), tag))));
    }

    /// @param value null: all values
    public void unsetAttribute(ConnectorSession session, String user, String name, @Nullable String value) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "unset an attribute");
        administration.editLayers(act(query, "unset_attribute"), User.class, Kind.USER, user, before -> {
            Map<String, List<AttributeValue>> attributes = new LinkedHashMap<>(before.attributes());
            attributes.computeIfPresent(name, (_, values) -> {
                List<AttributeValue> left = values.stream().filter(existing -> value != null && !existing.value().equals(value)).toList();
                return left.isEmpty() ? null : left;
            });
            return new User(user, before.description(), before.groups(), attributes);
        });
    }

    public void removeGroupMember(ConnectorSession session, String group, String member) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "remove a member from a group");
        administration.editLayers(act(query, "remove_group_member"), User.class, Kind.USER, member,
                before -> new User(member, before.description(),
                        before.groups().stream().filter(membership -> !membership.group().equals(group)).toList(), before.attributes()));
    }

    public void register(ConnectorSession session, String object) {
        QueryContext query = authorization.query(session);
        ObjectName name = objectName(object);
        authorization.requireOwner(query.snapshot(), query.asker(), name, "register " + name);
        administration.editDataSource(session, act(query, "register"), name, ImmutableList.of(),
                declassification(query, name, "register " + name), UnaryOperator.identity());
    }

    /// @param object a catalog, schema, table or column
    public void addTag(ConnectorSession session, String object, String tag) {
        QueryContext query = authorization.query(session);
        List<String> parts = parse(object);
        Optional<ColumnName> column = parts.size() == 4 ? Optional.of(columnName(object)) : Optional.empty();
        ObjectName name = column.map(ColumnName::table).orElseGet(() -> objectName(object));
        authorization.requireOwner(query.snapshot(), query.asker(), name, "tag " + object);
        administration.editDataSource(session, act(query, "add_tag"), name, ImmutableList.of(),
                declassification(query, name, "add tag %s to %s".formatted(Wording.quoted(tag), object)),
                before -> column.map(ColumnName::column)
                        .map(columnName -> withColumn(before, columnName, ImmutableSet.of(tag)))
                        .orElseGet(() -> withTag(before, tag)));
    }

    public void approveColumn(ConnectorSession session, String table, String column) {
        QueryContext query = authorization.query(session);
        ObjectName name = objectName(table);
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
        administration.editDataSource(session, act(query, "approve_column"), name, ImmutableList.of(approved),
                declassification(query, name, "approve a column of " + name),
                before -> withColumn(before, approved.name(), ImmutableSet.of()));
    }

    /// @param expires an instant such as `2027-01-01T00:00:00Z`; null: never
    public void setAttribute(ConnectorSession session, String user, String name, String value, @Nullable String expires) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "set an attribute");
        AttributeValue added = new AttributeValue(value, instant(expires));
        administration.editUser(session, act(query, "set_attribute"), requireName("user_name", user), before -> {
            Map<String, List<AttributeValue>> attributes = new LinkedHashMap<>(before.attributes());
            List<AttributeValue> values = new ArrayList<>(attributes.getOrDefault(name, ImmutableList.of()));
            values.removeIf(existing -> existing.value().equals(value));
            values.add(added);
            attributes.put(name, values);
            return new User(user, before.description(), before.groups(), attributes);
        });
    }

    public void addGroupMember(ConnectorSession session, String group, String member) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "add a member to a group");
        administration.editUser(session, act(query, "add_group_member"), requireName("member", member), before -> {
            Set<Membership> groups = ImmutableSet.<Membership>builder().addAll(before.groups()).add(new Membership(group, Optional.empty()))
                    .build();
            return new User(member, before.description(), ImmutableList.copyOf(groups), before.attributes());
        });
    }

    /// An owner's act may let nobody see more.
    private Optional<Review> declassification(QueryContext query, ObjectName object, String act) {
        return authorization.isAdministrator(query.asker())
                ? Optional.empty()
                : Optional.of((before, after) -> Declassification.reason(before, after, object)
                        .ifPresent(reason -> authorization.requireAdministrator(query.asker(),
                                "%s, since somebody could then see more (%s)".formatted(act, reason))));
    }

    private static Act act(QueryContext query, String action) {
        return new Act(query.asker().user(), Optional.empty(), Optional.empty(), action);
    }

    private List<Column> requireColumns(ConnectorSession session, ObjectName table) {
        return administration.describe(session, table)
                .orElseThrow(() -> new TrinoException(NOT_FOUND, "table '%s' does not exist".formatted(table)));
    }

    private static DataSource withTag(DataSource before, String tag) {
        return withTags(before, ImmutableSet.<String>builder().addAll(before.tags()).add(tag).build());
    }

    private static Set<String> without(Set<String> tags, String tag) {
        return tags.stream().filter(existing -> !existing.equals(tag)).collect(toImmutableSet());
    }

    private static DataSource withoutColumnTag(DataSource before, String column, String tag) {
        Map<String, ColumnDescription> columns = new LinkedHashMap<>(before.columns());
        columns.computeIfPresent(column, (_, description) -> new ColumnDescription(without(description.tags(), tag)));
        return withColumns(before, columns);
    }

    private static DataSource withTags(DataSource before, Set<String> tags) {
        return new DataSource(before.objectName(), before.description(), before.owners(), tags, before.keyColumns(), before.eventTime(),
                before.approveAllColumns(), before.newColumns(), before.columns(), before.fingerprint());
    }

    private static DataSource withColumn(DataSource before, String column, Set<String> tags) {
        Map<String, ColumnDescription> columns = new LinkedHashMap<>(before.columns());
        Set<String> existing = Optional.ofNullable(columns.get(column)).map(ColumnDescription::tags).orElse(ImmutableSet.of());
        columns.put(column, new ColumnDescription(ImmutableSet.<String>builder().addAll(existing).addAll(tags).build()));
        return withColumns(before, columns);
    }

    private static DataSource withColumns(DataSource before, Map<String, ColumnDescription> columns) {
        return new DataSource(before.objectName(), before.description(), before.owners(), before.tags(), before.keyColumns(),
                before.eventTime(),
                before.approveAllColumns(), before.newColumns(), columns, before.fingerprint());
    }

    private static Optional<Instant> instant(@Nullable String expires) {
        if (expires == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(expires));
        }
        catch (DateTimeParseException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                    "expires: %s is no instant such as 2027-01-01T00:00:00Z".formatted(Wording.quoted(expires)), e);
        }
    }

    private static String requireName(String argument, String name) {
        if (name.isBlank()) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "%s must not be empty".formatted(argument));
        }
        return name;
    }

    private static ObjectName objectName(String text) {
        try {
            return ObjectName.parse(text);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private static ColumnName columnName(String text) {
        try {
            return ColumnName.parse(text);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> parse(String object) {
        try {
            return ObjectName.parseParts(object);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
