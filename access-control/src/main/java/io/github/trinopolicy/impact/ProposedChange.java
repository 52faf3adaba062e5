package io.github.trinopolicy.impact;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// A change that somebody thinks of making.
///
/// @param activated what would hold if the staged policies of the change were active; `after` itself where it has none
public record ProposedChange(PolicySnapshot before, PolicySnapshot after, PolicySnapshot activated) {
    public ProposedChange {
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
        requireNonNull(activated, "activated is null");
    }

    boolean stagesNothing() {
        return changed(after, activated, Kind.POLICY).findAny().isEmpty();
    }

    /// Names of policies that are not what they were.
    Set<String> changedPolicies() {
        return Stream.concat(changed(before, activated, Kind.POLICY), changed(before, after, Kind.POLICY)).collect(toImmutableSet());
    }

    /// Data sources of which something else is said or which a changed project has, and tables of which other columns are approved.
    Set<ObjectName> changedObjects() {
        ImmutableSet.Builder<ObjectName> changed = ImmutableSet.builder();
        changed(before, after, Kind.DATA_SOURCE).map(ObjectName::parse).forEach(changed::add);
        changed(before, after, Kind.PROJECT).flatMap(name -> Stream.of(before, after).flatMap(snapshot -> snapshot.project(name).stream()))
                .forEach(project -> changed.addAll(project.dataSources()));
        names(before.knownTables(), after.knownTables(), table -> table.name())
                .filter(name -> !before.knownTable(name).equals(after.knownTable(name))).forEach(changed::add);
        return changed.build();
    }

    private static Stream<String> changed(PolicySnapshot before, PolicySnapshot after, Kind kind) {
        return names(before.objectsOf(kind), after.objectsOf(kind), PolicyObject::name).filter(name -> {
            Optional<PolicyObject> old = before.object(kind, name);
            return !old.equals(after.object(kind, name));
        });
    }

    private static <T, N> Stream<N> names(Collection<T> before, Collection<T> after, Function<T, N> name) {
        return Stream.concat(before.stream(), after.stream()).map(name).distinct();
    }
}
