package io.github.trinopolicy.administration;

import static io.github.trinopolicy.administration.TestLargeChanges.KEY_ENCRYPTION_KEY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.store.Revision;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TestTwoCoordinators {
    private static final int CHANGES = 25;

    @Test
    @DisplayName("Invariant 12: two coordinators lose no policy change and make no key twice")
    void testDifferentBundlesAtOnce() throws Exception {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase();
                TestingAdministration one = new TestingAdministration(database.config(), KEY_ENCRYPTION_KEY);
                TestingAdministration other = new TestingAdministration(database.config(), KEY_ENCRYPTION_KEY);
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            one.apply(TestingBundles.VOCABULARY, "words", true);
            CyclicBarrier barrier = new CyclicBarrier(2);
            Future<?> first = executor.submit(() -> applyAll(one, "one", barrier));
            Future<?> second = executor.submit(() -> applyAll(other, "other", barrier));
            first.get(120, SECONDS);
            second.get(120, SECONDS);

            // both are recorded, one after the other
            List<Revision> revisions = one.store().revisions(1_000);
            assertThat(revisions.stream().map(revision -> revision.version().version()))
                    .containsExactlyElementsOf(IntStream.rangeClosed(0, 2 * CHANGES + 1).mapToObj(i -> 2L * CHANGES + 1 - i).toList());
            for (String source : List.of("one", "other")) {
                assertThat(revisions.stream().filter(revision -> revision.act().source().equals(Optional.of(source))))
                        .hasSize(CHANGES);
            }
            // nothing was lost, and both see the same
            one.catchUp();
            other.catchUp();
            for (TestingAdministration coordinator : List.of(one, other)) {
                assertThat(coordinator.snapshot().objectsOf(Kind.TAG)).hasSize(2 + 2 * CHANGES);
                assertThat(coordinator.administration().export()).isEqualTo(one.administration().export());
            }
            // both described the same tables at the same time
            assertThat(one.snapshot().knownTables()).hasSize(CHANGES);
            assertThat(database.query("SELECT count(*) FROM policy.data_key GROUP BY family"))
                    .hasSameSizeAs(DataKeyMaker.OF_EACH_TABLE).containsOnly(Integer.toString(CHANGES));
        }
    }

    private static Void applyAll(TestingAdministration coordinator, String source, CyclicBarrier barrier) throws Exception {
        for (int i = 0; i < CHANGES; i++) {
            barrier.await(60, SECONDS);
            coordinator.apply("""
                    kind: Tag
                    name: T.%s%02d
                    ---
                    kind: DataSource
                    name: lake.shop.t%02d
                    take_over: true
                    columns: {id: {tags: [T.%s%02d]}}
                    """.formatted(source, i, i, source, i), source, false);
        }
        return null;
    }
}
