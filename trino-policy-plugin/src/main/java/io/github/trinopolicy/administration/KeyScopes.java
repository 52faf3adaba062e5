package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Project;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The things that keys are bound to, by their names: tables, and projects as `project:name`.
public final class KeyScopes {
    private static final String PROJECT = "project:";

    private final PolicySnapshot snapshot;
    private final Map<UUID, Scope> byId;

    /// @param table empty for a project
    public record Scope(String name, Optional<ObjectName> table) {}

    public KeyScopes(PolicySnapshot snapshot) {
        this.snapshot = snapshot;
        ImmutableMap.Builder<UUID, Scope> scopes = ImmutableMap.builder();
        for (KnownTable table : snapshot.knownTables()) {
            scopes.put(table.id(), new Scope(table.name().toString(), Optional.of(table.name())));
        }
        snapshot.objectsOf(Kind.PROJECT).forEach(
                project -> scopes.put(((Project) project).id(), new Scope(PROJECT + project.name(), Optional.empty())));
        byId = scopes.buildOrThrow();
    }

    /// Empty where the table was forgotten or the project removed.
    public Optional<Scope> scope(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// What an argument of a call names: one project, one table, or all known tables of a catalog or schema. Empty when there is none.
    Set<UUID> named(String object) {
        if (object.startsWith(PROJECT)) {
            return snapshot.project(object.substring(PROJECT.length())).map(project -> ImmutableSet.of(project.id()))
                    .orElse(ImmutableSet.of());
        }
        ObjectName name = CallArguments.objectName(object);
        return snapshot.knownTables().stream().filter(table -> isWithin(table.name(), name)).map(KnownTable::id)
                .collect(toImmutableSet());
    }

    private static boolean isWithin(ObjectName table, ObjectName object) {
        for (Optional<ObjectName> name = Optional.of(table); name.isPresent(); name = name.get().parent()) {
            if (name.get().equals(object)) {
                return true;
            }
        }
        return false;
    }
}
