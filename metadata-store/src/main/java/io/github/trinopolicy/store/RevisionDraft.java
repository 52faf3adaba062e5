package io.github.trinopolicy.store;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Mask.Granularity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The changes of one transaction so far, each thing once: as it was before the transaction and as it is now.
/// Tables and keys are written as text for the reader of the history; of keys the public facts alone.
final class RevisionDraft {
    private final Map<Object, RevisionChange> changes = new LinkedHashMap<>();

    boolean isEmpty() {
        return changes.isEmpty();
    }

    List<RevisionChange> changes() {
        return ImmutableList.copyOf(changes.values());
    }

    void addObject(ObjectKey key, Optional<StoredObject> before, Optional<StoredObject> after) {
        add(key, new RevisionChange(
                key.kind().documentName(),
                key.name(),
                Optional.of(key.origin()),
                before.flatMap(StoredObject::source),
                before.map(StoredObject::document),
                after.map(StoredObject::document)));
    }

    /// At least one of both is present.
    void addTable(Optional<KnownTable> before, Optional<KnownTable> after) {
        KnownTable table = after.or(() -> before).orElseThrow();
        add(new TableIdentity(table.id()), new RevisionChange(
                RevisionChange.KNOWN_TABLE,
                table.name().toString(),
                Optional.empty(),
                Optional.empty(),
                before.map(RevisionDraft::describe),
                after.map(RevisionDraft::describe)));
    }

    /// @param providerBefore empty when the key was not there
    /// @param providerAfter empty when the key is destroyed
    void addKey(Optional<KeyReference> before, KeyReference after, Optional<String> providerBefore, Optional<String> providerAfter) {
        add(new KeyIdentity(after.id()), new RevisionChange(
                RevisionChange.DATA_KEY,
                after.id().toString(),
                Optional.empty(),
                Optional.empty(),
                before.map(key -> describe(key, providerBefore)),
                Optional.of(describe(after, providerAfter))));
    }

    void addCurrentProject(String user, Optional<String> before, Optional<String> after) {
        add(new CurrentProjectIdentity(user), new RevisionChange(
                RevisionChange.CURRENT_PROJECT,
                user,
                Optional.empty(),
                Optional.empty(),
                before.map("project: %s%n"::formatted),
                after.map("project: %s%n"::formatted)));
    }

    /// Counts alone: who has which value is in the lookup table itself.
    void addAttributeReading(String source, Optional<String> before, Optional<String> after) {
        add(new AttributeReadingIdentity(source), new RevisionChange(
                RevisionChange.ATTRIBUTE_READING,
                source,
                Optional.empty(),
                Optional.empty(),
                before,
                after));
    }

    private void add(Object identity, RevisionChange change) {
        changes.merge(identity, change,
                (first, last) -> new RevisionChange(last.kind(), last.name(), last.origin(), first.sourceBefore(), first.before(),
                        last.after()));
    }

    private static String describe(KnownTable table) {
        StringBuilder text = new StringBuilder("name: %s%nid: %s%ncolumns:%n".formatted(table.name(), table.id()));
        table.columns().values().forEach(column -> text.append("  %s: %s, %s%s%n".formatted(column.name(), column.type(), column.id(),
                column.granularity().map(RevisionDraft::describe).orElse(""))));
        return text.toString();
    }

    private static String describe(Granularity granularity) {
        return switch (granularity) {
            case Granularity.Bucket bucket -> ", rounded to " + bucket.size();
            case Granularity.Unit unit -> ", rounded to " + unit.unit();
            case Granularity.FromFingerprint _ -> throw new IllegalArgumentException("what the fingerprint chose is a bucket or a unit");
        };
    }

    private static String describe(KeyReference key, Optional<String> provider) {
        return "scope: %s%nfamily: %s%nversion: %s%nstate: %s%n".formatted(key.scope(), key.family(), key.version(), key.state())
                + provider.map("wrapped by: %s%n"::formatted).orElse("");
    }

    private record TableIdentity(UUID id) {}

    private record KeyIdentity(UUID id) {}

    private record CurrentProjectIdentity(String user) {}

    private record AttributeReadingIdentity(String source) {}
}
