package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSortedMap.toImmutableSortedMap;
import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.User;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Everything of one store version, compiled. Immutable and safe for use by many threads; a query sees exactly one.
public final class PolicySnapshot {
    private final long version;
    private final UUID token;
    private final Map<Kind, Map<String, PolicyObject>> objects;
    private final Map<ObjectName, DataSource> dataSources;
    private final Map<ObjectName, KnownTable> tables;
    private final Map<KeyScope, KeyReference> primaryKeys;
    private final Map<String, CompiledPolicy> compiled;
    private final PolicyIndex<CompiledPolicy.Grant> grants;
    private final PolicyIndex<CompiledPolicy.Guardrail> guardrails;
    private final PolicyIndex<CompiledPolicy.RowFilter> rowFilters;
    private final PolicyIndex<CompiledPolicy.Masking> maskings;
    private final PolicyIndex<CompiledPolicy.Broken> broken;

    private record KeyScope(UUID scope, KeyFamily family) {}

    private PolicySnapshot(SnapshotSource source, PolicyCompiler compiler, Map<String, CompiledPolicy> reusable) {
        version = source.version();
        token = source.token();
        objects = merge(source.objects());
        ImmutableMap.Builder<ObjectName, DataSource> dataSourceBuilder = ImmutableMap.builder();
        objectsOf(Kind.DATA_SOURCE).forEach(object -> dataSourceBuilder.put(((DataSource) object).objectName(), (DataSource) object));
        dataSources = dataSourceBuilder.buildOrThrow();
        tables = source.tables().stream().collect(ImmutableMap.toImmutableMap(KnownTable::name, table -> table));
        primaryKeys = source.keys().stream().filter(key -> key.state() == KeyReference.KeyState.PRIMARY)
                .collect(ImmutableMap.toImmutableMap(key -> new KeyScope(key.scope(), key.family()), key -> key));
        compiled = compile(compiler, reusable);

        PolicyIndex.Builder<CompiledPolicy.Grant> grantIndex = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Guardrail> guardrailIndex = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.RowFilter> rowFilterIndex = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Masking> maskingIndex = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Broken> brokenIndex = new PolicyIndex.Builder<>();
        for (CompiledPolicy policy : compiled.values()) {
            if (policy.policy().state() == Policy.State.STAGED) {
                continue;
            }
            switch (policy) {
                case CompiledPolicy.Grant grant -> grantIndex.add(grant.access().appliesTo(), grant);
                case CompiledPolicy.Guardrail guardrail -> guardrailIndex.add(guardrail.access().appliesTo(), guardrail);
                case CompiledPolicy.RowFilter filter -> rowFilterIndex.add(filter.filter().appliesTo(), filter);
                case CompiledPolicy.Masking masking -> maskingIndex.add(masking.masking().columns(), masking);
                case CompiledPolicy.Broken failed -> addBroken(brokenIndex, failed);
            }
        }
        grants = grantIndex.build();
        guardrails = guardrailIndex.build();
        rowFilters = rowFilterIndex.build();
        maskings = maskingIndex.build();
        broken = brokenIndex.build();
    }

    private static void addBroken(PolicyIndex.Builder<CompiledPolicy.Broken> index, CompiledPolicy.Broken policy) {
        switch (policy.policy().body()) {
            case Policy.Access access -> index.add(access.appliesTo(), policy);
            case Policy.RowFilter filter -> index.add(filter.appliesTo(), policy);
            case Policy.Masking masking -> index.add(masking.columns(), policy);
            // these only ever give more; without them less is seen
            case Policy.Reveal _,Policy.Unmask _,Policy.Impersonation _ -> {
            }
        }
    }

    /// @param previous a snapshot whose compiled policies are taken over where the policy is the same
    public static PolicySnapshot compile(SnapshotSource source, PolicyCompiler compiler, Optional<PolicySnapshot> previous) {
        return new PolicySnapshot(source, compiler, previous.map(snapshot -> snapshot.compiled).orElse(ImmutableMap.of()));
    }

    private static Map<Kind, Map<String, PolicyObject>> merge(Collection<LayeredObject> layers) {
        Map<Kind, Map<String, PolicyObject>> merged = new EnumMap<>(Kind.class);
        for (Layer layer : Layer.values()) {
            for (LayeredObject object : layers) {
                if (object.layer() == layer) {
                    merged.computeIfAbsent(object.object().kind(), _ -> new HashMap<>()).merge(object.object().name(), object.object(),
                            LayerMerge::merge);
                }
            }
        }
        merged.replaceAll((_, byName) -> ImmutableSortedMap.copyOf(byName));
        return merged;
    }

    private Map<String, CompiledPolicy> compile(PolicyCompiler compiler, Map<String, CompiledPolicy> reusable) {
        return objectsOf(Kind.POLICY).stream().map(Policy.class::cast)
                .collect(toImmutableSortedMap(naturalOrder(), Policy::name, policy -> {
                    CompiledPolicy old = reusable.get(policy.name());
                    return old != null && old.policy().equals(policy) ? old : compiler.compile(policy);
                }));
    }

    public long version() {
        return version;
    }

    public UUID token() {
        return token;
    }

    /// All objects of a kind, ordered by name, with their layers merged.
    public Collection<PolicyObject> objectsOf(Kind kind) {
        return objects.getOrDefault(kind, ImmutableMap.of()).values();
    }

    public Optional<PolicyObject> object(Kind kind, String name) {
        return Optional.ofNullable(objects.getOrDefault(kind, ImmutableMap.of()).get(name));
    }

    public Optional<DataSource> dataSource(ObjectName name) {
        return Optional.ofNullable(dataSources.get(name));
    }

    public Collection<DataSource> dataSources() {
        return dataSources.values();
    }

    public Optional<KnownTable> knownTable(ObjectName name) {
        return Optional.ofNullable(tables.get(name));
    }

    /// Tables and views of which columns are approved.
    public Collection<KnownTable> knownTables() {
        return tables.values();
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

    /// True when the selector selects the table, by what is said of it and of what holds it.
    public boolean selects(ObjectSelector selector, ObjectName table) {
        if (selector.all() || selector.dataSources().stream().anyMatch(object -> object.contains(table))) {
            return isGoverned(table);
        }
        Set<String> tags = TableFacts.of(this, table).tags();
        return selector.tags().stream().anyMatch(wanted -> tags.stream().anyMatch(tag -> DottedPath.isSameOrBelow(tag, wanted)));
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
        return compiled.get(policy) instanceof CompiledPolicy.Broken failed ? Optional.of(failed.reason()) : Optional.empty();
    }

    Optional<User> user(String name) {
        return object(Kind.USER, name).map(User.class::cast);
    }

    Optional<Group> group(String name) {
        return object(Kind.GROUP, name).map(Group.class::cast);
    }

    Optional<KeyReference> primaryKey(UUID scope, KeyFamily family) {
        return Optional.ofNullable(primaryKeys.get(new KeyScope(scope, family)));
    }

    /// Some key in use, for a node to try whether it can unwrap.
    public Optional<UUID> anyKey() {
        return primaryKeys.values().stream().map(KeyReference::id).findFirst();
    }

    /// Staged ones too.
    Collection<CompiledPolicy> compiledPolicies() {
        return compiled.values();
    }

    PolicyIndex<CompiledPolicy.Grant> grants() {
        return grants;
    }

    PolicyIndex<CompiledPolicy.Guardrail> guardrails() {
        return guardrails;
    }

    PolicyIndex<CompiledPolicy.RowFilter> rowFilters() {
        return rowFilters;
    }

    PolicyIndex<CompiledPolicy.Masking> maskings() {
        return maskings;
    }

    PolicyIndex<CompiledPolicy.Broken> broken() {
        return broken;
    }
}
