package io.github.trinopolicy.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.CurrentProject;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ReadAttribute;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/// A reproducible sequence of changes of all sorts over few names, so that things are often removed and made again.
final class TestingRandomChanges {
    private final Random random;

    TestingRandomChanges(long seed) {
        random = new Random(seed);
    }

    boolean apply(StoreTransaction transaction) {
        int steps = 1 + random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            step(transaction);
        }
        return true;
    }

    /// What a reader makes of older contents and the changes since.
    static StoreContents apply(StoreContents before, StoreChanges changes) {
        Map<ObjectKey, StoredObject> objects = new HashMap<>();
        before.objects().forEach(object -> objects.put(object.key(), object));
        changes.removed().forEach(objects::remove);
        changes.changed().forEach(object -> objects.put(object.key(), object));
        Map<UUID, KnownTable> tables = new HashMap<>();
        before.tables().forEach(table -> tables.put(table.id(), table));
        changes.removedTables().forEach(tables::remove);
        changes.tables().forEach(table -> tables.put(table.id(), table));
        Map<UUID, KeyReference> keys = new HashMap<>();
        before.keys().forEach(key -> keys.put(key.id(), key));
        changes.keys().forEach(key -> keys.put(key.id(), key));
        Map<String, CurrentProject> projects = new HashMap<>();
        before.currentProjects().forEach(current -> projects.put(current.user(), current));
        changes.leftProjects().forEach(projects::remove);
        changes.currentProjects().forEach(current -> projects.put(current.user(), current));
        Map<String, AttributeReading> readings = new HashMap<>();
        before.attributeReadings().readings().forEach(reading -> readings.put(reading.source(), reading));
        changes.attributeReadings().removed().forEach(readings::remove);
        changes.attributeReadings().readings().forEach(reading -> readings.put(reading.source(), reading));
        Map<List<String>, ReadAttribute> attributes = new HashMap<>();
        before.attributeReadings().attributes().forEach(attribute -> attributes.put(identity(attribute), attribute));
        changes.attributeReadings().attributes().forEach(attribute -> attributes.put(identity(attribute), attribute));
        attributes.values().removeIf(attribute -> attribute.values().isEmpty());
        Map<String, Long> policyVersions = new HashMap<>(before.policyVersions());
        policyVersions.putAll(changes.policyVersions());
        return new StoreContents(
                changes.version(),
                before.storeId(),
                ImmutableList.sortedCopyOf(Comparator.comparing((StoredObject object) -> object.kind().documentName())
                        .thenComparing(StoredObject::name).thenComparing(StoredObject::origin), objects.values()),
                ImmutableList.sortedCopyOf(Comparator.comparing(table -> table.name().toString()), tables.values()),
                ImmutableList.sortedCopyOf(Comparator.comparing((KeyReference key) -> key.scope().toString())
                        .thenComparing(key -> key.family().name()).thenComparingInt(KeyReference::version), keys.values()),
                ImmutableList.sortedCopyOf(Comparator.comparing(CurrentProject::user), projects.values()),
                new AttributeReadings(
                        ImmutableList.sortedCopyOf(Comparator.comparing(AttributeReading::source), readings.values()),
                        ImmutableList.of(),
                        ImmutableList.sortedCopyOf(Comparator.comparing(ReadAttribute::source).thenComparing(ReadAttribute::user),
                                attributes.values())),
                policyVersions);
    }

    private static List<String> identity(ReadAttribute attribute) {
        return List.of(attribute.source(), attribute.user());
    }

    private Optional<Granularity> granularity() {
        return switch (random.nextInt(3)) {
            case 0 -> Optional.of(new Granularity.Bucket("0.5"));
            case 1 -> Optional.of(new Granularity.Unit(ChronoUnit.MONTHS));
            default -> Optional.empty();
        };
    }

    private void step(StoreTransaction transaction) {
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> transaction.put(new StoredObject(
                    kind(), name(), origin(), random.nextBoolean() ? Optional.of("source") : Optional.empty(),
                    "document" + random.nextInt(3)));
            case 3 -> transaction.remove(new ObjectKey(kind(), name(), origin()));
            case 4 -> {
                ObjectName name = ObjectName.ofTable("c", "s", name());
                UUID id = transaction.table(name).map(KnownTable::id).orElseGet(this::uuid);
                ImmutableMap.Builder<String, KnownColumn> columns = ImmutableMap.builder();
                for (String column : List.of("x", "y", "z")) {
                    if (random.nextBoolean()) {
                        columns.put(column, new KnownColumn(uuid(), column, random.nextBoolean() ? "bigint" : "varchar", granularity()));
                    }
                }
                transaction.saveTable(new KnownTable(id, name, columns.buildOrThrow()));
            }
            case 5 -> table(transaction).ifPresent(table -> transaction.removeTable(table.id()));
            case 6 -> {
                ObjectName name = ObjectName.ofTable("c", "s", name());
                if (transaction.table(name).isEmpty()) {
                    table(transaction).ifPresent(table -> transaction.renameTable(table.id(), name));
                }
            }
            case 7 ->
                transaction.rotateKey(new UUID(0, random.nextInt(2)), random.nextBoolean() ? KeyFamily.HASH : KeyFamily.REVERSIBLE,
                        TestingRandomChanges::wrap);
            case 8 -> transaction.setCurrentProject(name(), random.nextInt(3) == 0 ? Optional.empty() : Optional.of(name()));
            case 9 -> {
                String source = name();
                List<ReadAttribute> attributes = new ArrayList<>();
                for (int user = 0; user < 4; user++) {
                    if (random.nextBoolean()) {
                        attributes.add(new ReadAttribute(source, "n" + user, List.of("v" + random.nextInt(2), "w")));
                    }
                }
                transaction.saveAttributeReading(new AttributeReading(source, "pin", Instant.ofEpochSecond(random.nextInt(3))), attributes,
                        random.nextBoolean());
            }
            case 10 -> transaction.removeAttributeReading(name());
            default -> {
                List<KeyReference> keys = transaction.keys().stream().filter(key -> key.state() != KeyState.PRIMARY).toList();
                if (!keys.isEmpty()) {
                    transaction.destroyKey(keys.get(random.nextInt(keys.size())).id());
                }
            }
        }
    }

    private Optional<KnownTable> table(StoreTransaction transaction) {
        List<KnownTable> tables = transaction.tables();
        return tables.isEmpty() ? Optional.empty() : Optional.of(tables.get(random.nextInt(tables.size())));
    }

    private Kind kind() {
        return random.nextBoolean() ? Kind.TAG : Kind.USER;
    }

    private Origin origin() {
        return random.nextBoolean() ? Origin.BUNDLE : Origin.CALL;
    }

    private String name() {
        return "n" + random.nextInt(4);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static WrappedKey wrap(KeyReference key) {
        return new WrappedKey("local:test", new byte[]{(byte) key.version()});
    }
}
