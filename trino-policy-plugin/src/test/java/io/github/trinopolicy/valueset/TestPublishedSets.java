package io.github.trinopolicy.valueset;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.snapshot.StoreWait;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TestPublishedSets {
    /// As after the restore of a dump that was made before, or without these tables.
    @Test
    void testSetsThatTheStoreHasLostAreWrittenAgain() {
        Set<String> values = ImmutableSet.of("a", "b");
        try (TestingDatabase database = TestingPostgres.newest().createDatabase();
                PolicyStore store = database.openStore();
                PublishedSets published = new PublishedSets(store, new StoreValueSets(store, "coordinator", new StoreWait(Duration.ZERO)),
                        Ticker.systemTicker())) {
            UUID reference = published.reference("alice", values);
            StoreValueSets worker = new StoreValueSets(store, "worker-1", new StoreWait(Duration.ofSeconds(10)));
            assertThat(worker.get(reference).size()).isEqualTo(2);

            database.execute("TRUNCATE policy.value_set, policy.value_set_reference");
            assertThat(store.valueSet(reference)).isEmpty();
            published.lookForLost();

            assertThat(new StoreValueSets(store, "worker-2", new StoreWait(Duration.ofSeconds(10))).get(reference).size()).isEqualTo(2);
            assertThat(published.reference("alice", values)).isEqualTo(reference);
        }
    }
}
