package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Lists;
import io.airlift.log.Logger;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.NewKey;
import io.github.trinopolicy.store.PolicyStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Gives known tables the keys that they lack: those that were registered when there was no such mask yet, and views of which the keys could
/// not be made in time. Until then the masks in question show NULL or a hash.
public final class KeyFilling {
    private static final Logger log = Logger.get(KeyFilling.class);
    private static final int CHUNK = 100;

    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final DataKeyMaker keyMaker;

    private record Missing(UUID table, KeyFamily family) {}

    public KeyFilling(PolicyStore store, SnapshotRefresher snapshots, DataKeyMaker keyMaker) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.keyMaker = requireNonNull(keyMaker, "keyMaker is null");
    }

    /// Of several nodes that do so at once, one makes each key.
    ///
    /// @return how many keys were made
    int run() {
        int made = 0;
        List<Missing> missing = missing(snapshots.latest());
        if (missing.isEmpty()) {
            return 0;
        }
        UUID storeId = store.storeId();
        for (List<Missing> chunk : Lists.partition(missing, CHUNK)) {
            List<NewKey> drawn = chunk.stream().map(key -> keyMaker.first(storeId, key.table(), key.family())).toList();
            made += store.change(new Act("policy", Optional.empty(), Optional.of("keys that tables lack"), "make keys"),
                    transaction -> transaction.addKeys(drawn)).value();
        }
        if (made > 0) {
            log.info("Made %s keys that tables lacked", made);
        }
        return made;
    }

    private static List<Missing> missing(PolicySnapshot snapshot) {
        ImmutableList.Builder<Missing> missing = ImmutableList.builder();
        for (KnownTable table : snapshot.knownTables()) {
            for (KeyFamily family : families(snapshot, table)) {
                if (snapshot.primaryKey(table.id(), family).isEmpty()) {
                    missing.add(new Missing(table.id(), family));
                }
            }
        }
        return missing.build();
    }

    private static Set<KeyFamily> families(PolicySnapshot snapshot, KnownTable table) {
        boolean hasRowKey = snapshot.dataSource(table.name()).filter(dataSource -> !dataSource.keyColumns().isEmpty()).isPresent();
        return hasRowKey
                ? ImmutableSet.<KeyFamily>builder().addAll(DataKeyMaker.OF_EACH_TABLE).add(KeyFamily.MINIMIZE).build()
                : DataKeyMaker.OF_EACH_TABLE;
    }
}
