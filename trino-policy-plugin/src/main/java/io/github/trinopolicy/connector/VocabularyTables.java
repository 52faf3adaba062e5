package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.User;
import io.trino.spi.connector.SystemTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tables of `policy.metadata` that list what policies speak of. Auditors see everything, owners their data sources, each user himself.
final class VocabularyTables {
    private final Authorization authorization;

    VocabularyTables(Authorization authorization) {
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    Set<SystemTable> tables() {
        return ImmutableSet.of(tags(), dataSources(), columns(), users(), groups(), attributes());
    }

    private SystemTable tags() {
        return new MetadataTable("tags", "Declared tags", ImmutableList.of(
                column("name", VARCHAR, "Dotted path of the tag"),
                column("description", VARCHAR, "What its author says of it")), session -> {
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    QueryContext query = authorization.query(session);
                    if (ownsSomething(query)) {
                        query.snapshot().sortedObjectsOf(Kind.TAG)
                                .forEach(tag -> rows.add(row(tag.name(), tag.description().orElse(null))));
                    }
                    return rows;
                });
    }

    private SystemTable dataSources() {
        return new MetadataTable("data_sources", "Registered catalogs, schemas and tables", ImmutableList.of(
                column("name", VARCHAR, "Name of the catalog, schema or table"),
                column("tags", VARCHAR, "Its own tags"),
                column("owners", VARCHAR, "Its owners: users, and groups as group:name"),
                column("description", VARCHAR, "What its author says of it")), session -> {
                    QueryContext query = authorization.query(session);
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    query.snapshot().dataSources().stream().filter(source -> maySee(query, source.objectName())).forEach(source -> rows.add(
                            row(source.name(), String.join(", ", source.tags()), owners(source), source.description().orElse(null))));
                    return rows;
                });
    }

    private SystemTable columns() {
        return new MetadataTable("columns", "Columns of registered tables, with their tags", ImmutableList.of(
                column("table_name", VARCHAR, "Name of the table or view"),
                column("column_name", VARCHAR, "Name of the column"),
                column("type", VARCHAR, "Type for which the column was approved; NULL: not approved"),
                column("approved", BOOLEAN, "Whether the column is approved"),
                column("tags", VARCHAR, "Its own tags")), session -> {
                    QueryContext query = authorization.query(session);
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    tables(query.snapshot()).stream().filter(table -> maySee(query, table))
                            .forEach(table -> rows.addAll(columns(query.snapshot(), table)));
                    return rows;
                });
    }

    /// Registered tables, and tables and views of registered schemas of which columns are approved.
    private static Set<ObjectName> tables(PolicySnapshot snapshot) {
        ImmutableSet.Builder<ObjectName> tables = ImmutableSet.builder();
        snapshot.dataSources().stream().map(DataSource::objectName).filter(ObjectName::isTable).forEach(tables::add);
        snapshot.knownTables().stream().map(KnownTable::name).filter(snapshot::isGoverned).forEach(tables::add);
        return tables.build();
    }

    private static List<List<@Nullable Object>> columns(PolicySnapshot snapshot, ObjectName table) {
        Map<String, KnownColumn> known = snapshot.knownTable(table).map(KnownTable::columns).orElse(Map.of());
        Map<String, ColumnDescription> described = snapshot.dataSource(table).map(DataSource::columns).orElse(Map.of());
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (String name : new TreeSet<>(Sets.union(known.keySet(), described.keySet()))) {
            Optional<KnownColumn> column = Optional.ofNullable(known.get(name));
            String tags = Optional.ofNullable(described.get(name)).map(description -> String.join(", ", description.tags())).orElse("");
            rows.add(row(table.toString(), name, column.map(KnownColumn::type).orElse(null), column.isPresent(), tags));
        }
        return rows;
    }

    private SystemTable users() {
        return new MetadataTable("users", "Users of whom something is said or who work in a project, one row for each of their groups",
                ImmutableList.of(
                        column("user_name", VARCHAR, "Name of the user"),
                        column("group_name", VARCHAR, "A group of the store; NULL: none"),
                        column("expires", VARCHAR, "Until when, as an instant in UTC; NULL: for ever"),
                        column("current_project", VARCHAR, "Project that the user chose to work in; NULL: none")),
                session -> {
                    QueryContext query = authorization.query(session);
                    Map<String, String> projects = query.snapshot().currentProjects();
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    visibleUsers(query).forEach(user -> {
                        if (user.groups().isEmpty()) {
                            rows.add(row(user.name(), null, null, projects.get(user.name())));
                        }
                        user.groups().forEach(membership -> rows.add(
                                row(user.name(), membership.group(), text(membership.expires()), projects.get(user.name()))));
                    });
                    projects.forEach((user, project) -> {
                        if (maySee(query, user) && query.snapshot().object(Kind.USER, user).isEmpty()) {
                            rows.add(row(user, null, null, project));
                        }
                    });
                    return rows;
                });
    }

    private SystemTable groups() {
        return new MetadataTable("groups", "Declared groups", ImmutableList.of(
                column("name", VARCHAR, "Name of the group"),
                column("description", VARCHAR, "What its author says of it")), session -> {
                    QueryContext query = authorization.query(session);
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    query.snapshot().sortedObjectsOf(Kind.GROUP).stream()
                            .filter(group -> authorization.isAuditor(query.asker()) || query.asker().groups().contains(group.name()))
                            .forEach(group -> rows.add(row(group.name(), group.description().orElse(null))));
                    return rows;
                });
    }

    private SystemTable attributes() {
        return new MetadataTable("attributes", "Attributes of users and groups", ImmutableList.of(
                column("holder_kind", VARCHAR, "User or Group"),
                column("holder", VARCHAR, "Name of the user or group"),
                column("name", VARCHAR, "Name of the attribute"),
                column("value", VARCHAR, "A value"),
                column("expires", VARCHAR, "Until when, as an instant in UTC; NULL: for ever"),
                column("source", VARCHAR, "Attribute source that says so; NULL: a document or a call")), session -> {
                    QueryContext query = authorization.query(session);
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    query.snapshot().sourcedUsers().stream().sorted().filter(user -> maySee(query, user))
                            .forEach(user -> query.snapshot().sourcedAttributes(user)
                                    .forEach(sourced -> rows.add(row(Kind.USER.documentName(), user, sourced.attribute(),
                                            sourced.value().value(), text(sourced.value().expires()), sourced.source()))));
                    visibleUsers(query).forEach(user -> addAttributes(Kind.USER, user.name(), user.attributes(), rows));
                    query.snapshot().sortedObjectsOf(Kind.GROUP).stream()
                            .map(Group.class::cast)
                            .filter(group -> authorization.isAuditor(query.asker()) || query.asker().groups().contains(group.name()))
                            .forEach(group -> addAttributes(Kind.GROUP, group.name(), group.attributes(), rows));
                    return rows;
                });
    }

    private List<User> visibleUsers(QueryContext query) {
        return query.snapshot().sortedObjectsOf(Kind.USER).stream()
                .map(User.class::cast)
                .filter(user -> maySee(query, user.name()))
                .toList();
    }

    private boolean maySee(QueryContext query, String user) {
        return authorization.isAuditor(query.asker()) || user.equals(query.asker().user());
    }

    /// Tags are the vocabulary of those who put them on.
    private boolean ownsSomething(QueryContext query) {
        return authorization.isAuditor(query.asker())
                || query.snapshot().dataSources().stream().anyMatch(source -> maySee(query, source.objectName()));
    }

    private boolean maySee(QueryContext query, ObjectName object) {
        return authorization.isAuditor(query.asker()) || authorization.isOwner(query.snapshot(), query.asker(), object);
    }

    private static void addAttributes(Kind kind, String holder, Map<String, List<AttributeValue>> attributes,
            List<List<@Nullable Object>> rows) {
        attributes.forEach((name, values) -> values.forEach(
                value -> rows.add(row(kind.documentName(), holder, name, value.value(), text(value.expires()), null))));
    }

    private static String owners(DataSource source) {
        List<String> owners = new ArrayList<>(source.owners().users());
        source.owners().groups().forEach(group -> owners.add("group:" + group));
        return String.join(", ", owners);
    }

    private static @Nullable String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse(null);
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
