package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.User;
import io.trino.spi.type.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// The contents of a policy store, put together by a test. Immutable.
public record TestingStore(List<LayeredObject> objects, List<KnownTable> tables, List<KeyReference> keys,
        Map<String, String> currentProjects) {
    private static final UUID TOKEN = new UUID(0, 1);

    public TestingStore {
        objects = ImmutableList.copyOf(objects);
        tables = ImmutableList.copyOf(tables);
        keys = ImmutableList.copyOf(keys);
        currentProjects = ImmutableMap.copyOf(currentProjects);
    }

    public TestingStore(List<LayeredObject> objects, List<KnownTable> tables, List<KeyReference> keys) {
        this(objects, tables, keys, ImmutableMap.of());
    }

    public static TestingStore of(PolicyObject... objects) {
        return new TestingStore(ImmutableList.of(), ImmutableList.of(), ImmutableList.of(), ImmutableMap.of()).with(objects);
    }

    public TestingStore with(PolicyObject... added) {
        return with(ImmutableList.copyOf(added));
    }

    public TestingStore with(Collection<? extends PolicyObject> added) {
        return with(Layer.BUNDLE, added);
    }

    TestingStore with(Layer layer, Collection<? extends PolicyObject> added) {
        return new TestingStore(ImmutableList.<LayeredObject>builder().addAll(objects)
                .addAll(added.stream().map(object -> new LayeredObject(layer, object)).toList()).build(), tables, keys, currentProjects);
    }

    /// Approves columns of a table, and gives it a key for hashes.
    public TestingStore withApproved(String table, Map<String, Type> columns) {
        KnownTable known = new KnownTable(idOf(table), ObjectName.parse(table), columns.entrySet().stream()
                .collect(toImmutableMap(Map.Entry::getKey, column -> new KnownColumn(idOf(table + "." + column.getKey()), column.getKey(),
                        column.getValue().getDisplayName()))));
        return withoutKey(known).withKey(new KeyReference(hashKey(table), known.id(), KeyFamily.HASH, 1, KeyState.PRIMARY));
    }

    /// As if a fingerprint had measured columns of an approved table.
    TestingStore withGranularity(String table, Map<String, Granularity> chosen) {
        return new TestingStore(objects, tables.stream().map(known -> !known.id().equals(idOf(table))
                ? known
                : new KnownTable(known.id(), known.name(), known.columns().values().stream().collect(toImmutableMap(KnownColumn::name,
                        column -> chosen.containsKey(column.name()) ? column.roundedBy(chosen.get(column.name())) : column))))
                .toList(), keys, currentProjects);
    }

    TestingStore withoutKey(KnownTable table) {
        return new TestingStore(objects, ImmutableList.<KnownTable>builder().addAll(tables).add(table).build(), keys, currentProjects);
    }

    TestingStore withKey(KeyReference key) {
        return new TestingStore(objects, tables, ImmutableList.<KeyReference>builder().addAll(keys).add(key).build(), currentProjects);
    }

    /// Gives an approved table a key to choose rows by.
    public TestingStore withMinimizeKey(String table) {
        return withKey(new KeyReference(minimizeKey(table), idOf(table), KeyFamily.MINIMIZE, 1, KeyState.PRIMARY));
    }

    /// Gives a project a key for hashes.
    public TestingStore withProjectKey(Project project) {
        return withKey(new KeyReference(hashKey(project.name()), project.id(), KeyFamily.HASH, 1, KeyState.PRIMARY));
    }

    public static UUID minimizeKey(String table) {
        return idOf("minimize key of " + table);
    }

    /// The user chose the project.
    public TestingStore withCurrentProject(String user, String project) {
        return new TestingStore(objects, tables, keys,
                ImmutableMap.<String, String>builder().putAll(currentProjects).put(user, project).buildKeepingLast());
    }

    public PolicySnapshot snapshot() {
        return snapshot(Optional.empty());
    }

    PolicySnapshot snapshot(Optional<PolicySnapshot> previous) {
        return PolicySnapshot.compile(SnapshotSource.of(1, TOKEN, objects, tables, keys, currentProjects), new PolicyCompiler(), previous);
    }

    public static UUID hashKey(String table) {
        return idOf("key of " + table);
    }

    static UUID idOf(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }

    /// A registered catalog, schema or table without columns of its own.
    public static DataSource registered(String name, String... tags) {
        return dataSource(name, Principals.NONE, ImmutableSet.copyOf(tags), Optional.empty(), ImmutableMap.of());
    }

    /// A registered table of which the key of a row and its time are known.
    public static DataSource keyed(String name, List<String> keyColumns, Optional<String> eventTime) {
        return new DataSource(ObjectName.parse(name), Optional.empty(), Principals.NONE, ImmutableSet.of(), keyColumns, eventTime, false,
                Optional.empty(), ImmutableMap.of(), Optional.empty());
    }

    /// A registered table with the tags of its columns.
    public static DataSource table(String name, Map<String, Set<String>> columns, String... tags) {
        return dataSource(name, Principals.NONE, ImmutableSet.copyOf(tags), Optional.empty(), columns);
    }

    public static DataSource dataSource(String name, Principals owners, Set<String> tags, Optional<NewColumns> newColumns,
            Map<String, Set<String>> columns) {
        return new DataSource(ObjectName.parse(name), Optional.empty(), owners, tags, ImmutableList.of(), Optional.empty(), false,
                newColumns, Maps.transformValues(columns, ColumnDescription::new), Optional.empty());
    }

    public static User user(String name, Set<String> groups, Map<String, Set<String>> attributes) {
        return new User(name, Optional.empty(), groups.stream().map(group -> new Membership(group, Optional.empty()))
                .collect(toImmutableList()), values(attributes));
    }

    public static Group group(String name, Map<String, Set<String>> attributes) {
        return new Group(name, Optional.empty(), values(attributes));
    }

    public static Project project(String name, Principals members, Set<String> purposes, String... dataSources) {
        return new Project(name, Optional.empty(), Principals.NONE, purposes, members,
                Stream.of(dataSources).map(ObjectName::parse).collect(toImmutableSet()), false, false);
    }

    public static Project equalized(Project project) {
        return new Project(project.name(), project.description(), project.owners(), project.purposes(), project.members(),
                project.dataSources(), project.maskedJoins(), true);
    }

    public static Project joining(Project project) {
        return new Project(project.name(), project.description(), project.owners(), project.purposes(), project.members(),
                project.dataSources(), true, project.equalized());
    }

    private static Map<String, List<AttributeValue>> values(Map<String, Set<String>> attributes) {
        return Maps.transformValues(attributes, values -> values.stream().map(value -> new AttributeValue(value, Optional.empty()))
                .collect(toImmutableList()));
    }
}
