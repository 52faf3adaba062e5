package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.CommonEntitlements;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/// Everything of one store version, compiled. Immutable and safe for use by many threads; a query sees exactly one.
public final class PolicySnapshot {
    private final SnapshotSource source;
    private final Map<ObjectName, DataSource> dataSources;
    private final Map<KeyScope, KeyReference> primaryKeys;
    private final CompiledPolicies policies;
    private final EqualizedProjects equalizedProjects;

    private record KeyScope(UUID scope, KeyFamily family) {}

    private PolicySnapshot(SnapshotSource source, PolicyCompiler compiler, Optional<PolicySnapshot> previous) {
        this.source = requireNonNull(source, "source is null");
        dataSources = previous.filter(snapshot -> same(snapshot.map(Kind.DATA_SOURCE), map(Kind.DATA_SOURCE)))
                .map(snapshot -> snapshot.dataSources)
                .orElseGet(() -> objectsOf(Kind.DATA_SOURCE).stream().map(DataSource.class::cast)
                        .collect(toImmutableMap(DataSource::objectName, Function.identity())));
        primaryKeys = previous.filter(snapshot -> same(snapshot.source.keys(), source.keys()))
                .map(snapshot -> snapshot.primaryKeys)
                .orElseGet(() -> source.keys().values().stream().filter(key -> key.state() == KeyReference.KeyState.PRIMARY)
                        .collect(toImmutableMap(key -> new KeyScope(key.scope(), key.family()), Function.identity())));
        equalizedProjects = previous
                .filter(snapshot -> Stream.of(Kind.USER, Kind.GROUP, Kind.PROJECT).allMatch(kind -> same(snapshot.map(kind), map(kind))))
                .map(snapshot -> snapshot.equalizedProjects)
                .orElseGet(EqualizedProjects::new);
        policies = previous.filter(snapshot -> same(snapshot.map(Kind.POLICY), map(Kind.POLICY)))
                .map(snapshot -> snapshot.policies)
                .orElseGet(() -> CompiledPolicies.of(objectsOf(Kind.POLICY), compiler, previous.map(snapshot -> snapshot.policies)));
    }

    /// @param previous a snapshot from which is taken over what is made of the same things
    public static PolicySnapshot compile(SnapshotSource source, PolicyCompiler compiler, Optional<PolicySnapshot> previous) {
        return new PolicySnapshot(source, compiler, previous);
    }

    /// Comparing the contents would cost what is to be saved.
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(Map<?, ?> a, Map<?, ?> b) {
        return a == b;
    }

    private Map<String, PolicyObject> map(Kind kind) {
        return source.objects().getOrDefault(kind, ImmutableMap.of());
    }

    public long version() {
        return source.version();
    }

    public UUID token() {
        return source.token();
    }

    /// All objects of a kind, in no order, with their layers merged.
    public Collection<PolicyObject> objectsOf(Kind kind) {
        return map(kind).values();
    }

    /// All objects of a kind, ordered by name, with their layers merged.
    public List<PolicyObject> sortedObjectsOf(Kind kind) {
        return ImmutableList.sortedCopyOf(Comparator.comparing(PolicyObject::name), objectsOf(kind));
    }

    public Optional<PolicyObject> object(Kind kind, String name) {
        return Optional.ofNullable(map(kind).get(name));
    }

    public Optional<DataSource> dataSource(ObjectName name) {
        return Optional.ofNullable(dataSources.get(name));
    }

    public Collection<DataSource> dataSources() {
        return dataSources.values();
    }

    public Optional<KnownTable> knownTable(ObjectName name) {
        return Optional.ofNullable(source.tables().get(name));
    }

    /// Tables and views of which columns are approved.
    public Collection<KnownTable> knownTables() {
        return source.tables().values();
    }

    /// True when the object or one that holds it is registered.
    public boolean isGoverned(ObjectName name) {
        requireNonNull(name, "name is null");
        for (Optional<ObjectName> object = Optional.of(name); object.isPresent(); object = object.get().parent()) {
            if (dataSources.containsKey(object.get())) {
                return true;
            }
        }
        return false;
    }

    /// The outermost registered object that holds this one or is it; empty where it is not governed.
    public Optional<ObjectName> outermostDataSource(ObjectName name) {
        return Stream.iterate(Optional.of(name), Optional::isPresent, object -> object.flatMap(ObjectName::parent))
                .flatMap(Optional::stream).filter(dataSources::containsKey).reduce((_, outer) -> outer);
    }

    /// Tags of the column, own and inherited.
    public Set<String> tagsOf(ObjectName table, String column) {
        return TableFacts.of(this, table).effectiveTags(column);
    }

    /// Tags of the table, own and inherited; those of its columns are not among them.
    public Set<String> tagsOf(ObjectName table) {
        return TableFacts.of(this, table).tags();
    }

    /// The version that wrote the policy last; empty for one that no version holds, in a preview.
    public Optional<Long> policyVersion(String policy) {
        return Optional.ofNullable(source.policyVersions().get(policy));
    }

    /// The names of the active policies that may concern the table or a column of it.
    public Set<String> policiesConcerning(ObjectName table) {
        return TableConcern.of(this, table).policies().map(CompiledPolicy::name).collect(toImmutableSet());
    }

    /// True when a column of the table carries the tag, or one below it, itself.
    public boolean hasColumnTagged(ObjectName table, String wanted) {
        return dataSource(table).stream()
                .flatMap(source -> source.columns().values().stream())
                .flatMap(column -> column.tags().stream())
                .anyMatch(tag -> DottedPath.isSameOrBelow(tag, wanted));
    }

    /// Why a policy closes its tables; empty for one that compiles.
    public Optional<String> brokenReason(String policy) {
        return policies.brokenReason(policy);
    }

    Optional<User> user(String name) {
        return object(Kind.USER, name).map(User.class::cast);
    }

    Optional<Group> group(String name) {
        return object(Kind.GROUP, name).map(Group.class::cast);
    }

    public Optional<Project> project(String name) {
        return object(Kind.PROJECT, name).map(Project.class::cast);
    }

    /// What all members of an equalized project are entitled to.
    CommonEntitlements commonEntitlements(Project project, Instant now) {
        return equalizedProjects.common(this, project, now);
    }

    /// User to the project that he chose; it need not exist, and he need not be a member any more.
    public Map<String, String> currentProjects() {
        return source.currentProjects();
    }

    /// What attribute sources say of the user. A source that says another query or attribute than the one that was read says nothing,
    /// and nobody has by a source what the list of a closed attribute does not hold.
    public List<SourcedAttribute> sourcedAttributes(String user) {
        if (source.readAttributes().isEmpty()) {
            return ImmutableList.of();
        }
        ImmutableList.Builder<SourcedAttribute> attributes = ImmutableList.builder();
        source.readAttributes().values().forEach(read -> object(Kind.ATTRIBUTE_SOURCE, read.reading().source())
                .map(AttributeSource.class::cast)
                .filter(declared -> declared.pin().equals(read.reading().pin()))
                .ifPresent(declared -> {
                    Optional<Attribute> attribute = object(Kind.ATTRIBUTE, declared.attribute()).map(Attribute.class::cast);
                    read.of(user).stream()
                            .filter(value -> attribute.isPresent() && attribute.get().allows(value))
                            .map(value -> new AttributeValue(value, Optional.of(read.reading().validUntil())))
                            .forEach(value -> attributes.add(new SourcedAttribute(declared.name(), declared.attribute(), value)));
                }));
        return attributes.build();
    }

    /// Users of whom an attribute source says something.
    public Set<String> sourcedUsers() {
        return source.readAttributes().values().stream().flatMap(read -> read.values().keySet().stream()).collect(toImmutableSet());
    }

    /// When what attribute sources say stops to count.
    Stream<Instant> sourcedExpiries() {
        return source.readAttributes().values().stream().map(read -> read.reading().validUntil());
    }

    /// That an attribute source was read; empty when it was not, or says something else since.
    public Optional<AttributeReading> reading(AttributeSource declared) {
        return Optional.ofNullable(source.readAttributes().get(declared.name())).map(ReadAttributes::reading)
                .filter(reading -> reading.pin().equals(declared.pin()));
    }

    public Optional<KeyReference> primaryKey(UUID scope, KeyFamily family) {
        return Optional.ofNullable(primaryKeys.get(new KeyScope(scope, family)));
    }

    /// Some key in use, for a node to try whether it can unwrap.
    public Optional<UUID> anyKey() {
        return primaryKeys.values().stream().map(KeyReference::id).findFirst();
    }

    CompiledPolicies policies() {
        return policies;
    }

    PolicyIndex<CompiledPolicy.Grant> grants() {
        return policies.grants();
    }

    PolicyIndex<CompiledPolicy.Guardrail> guardrails() {
        return policies.guardrails();
    }

    PolicyIndex<CompiledPolicy.RowFilter> rowFilters() {
        return policies.rowFilters();
    }

    PolicyIndex<CompiledPolicy.Masking> maskings() {
        return policies.maskings();
    }

    PolicyIndex<CompiledPolicy.Reveal> reveals() {
        return policies.reveals();
    }

    PolicyIndex<CompiledPolicy.Unmask> unmasks() {
        return policies.unmasks();
    }

    PolicyIndex<CompiledPolicy.Broken> broken() {
        return policies.broken();
    }
}
