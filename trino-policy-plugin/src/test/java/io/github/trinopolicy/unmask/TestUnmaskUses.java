package io.github.trinopolicy.unmask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.masking.UnmaskAudit;
import io.github.trinopolicy.masking.UnmaskTally;
import io.github.trinopolicy.masking.UnmaskUse;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// That the audit log never knows of fewer values than were given out, and of exactly so many in the end.
class TestUnmaskUses {
    private static final ColumnName EMAIL = new ColumnName(ObjectName.ofTable("lake", "shop", "customer"), "email", ImmutableList.of());

    private final TestingUnmaskAudit audit = new TestingUnmaskAudit();

    @Test
    void testOneValueIsOneRecord() {
        try (UnmaskUses uses = new UnmaskUses(audit)) {
            tally(uses).answered();
        }
        assertThat(audit.counts()).containsExactly(1L);
    }

    @Test
    void testLogIsAheadOfEachValue() {
        UnmaskUses uses = new UnmaskUses(audit);
        UnmaskTally tally = tally(uses);
        for (int given = 1; given <= 300_000; given++) {
            tally.answered();
            assertThat(audit.sum()).isGreaterThanOrEqualTo(given);
        }
        assertThat(audit.counts()).hasSizeLessThan(10);
        tally.refused();
        uses.close();
        assertThat(audit.sum()).isEqualTo(300_000);
        assertThat(audit.refusals()).isEqualTo(1);
    }

    @Test
    void testNothingIsGivenOutUnrecorded() {
        UnmaskUses uses = new UnmaskUses(audit);
        UnmaskTally tally = tally(uses);
        tally.answered();
        audit.fail = true;
        assertThatThrownBy(tally::answered).hasMessage("the log cannot be written");
        assertThatThrownBy(tally::answered).hasMessage("the log cannot be written");
        assertThatThrownBy(() -> uses.of("query_2", "alice", EMAIL, UUID.randomUUID(), "unmask")).hasMessage("the log cannot be written");
        audit.fail = false;
        tally.answered();
        assertThat(audit.sum()).isGreaterThanOrEqualTo(2);
        uses.close();
    }

    @Test
    void testManyThreads() throws Exception {
        try (UnmaskUses uses = new UnmaskUses(audit); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            uses.start();
            UnmaskTally tally = tally(uses);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 200_000; i++) {
                        tally.answered();
                    }
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
            assertThat(audit.sum()).isGreaterThanOrEqualTo(800_000);
        }
        assertThat(audit.sum()).isEqualTo(800_000);
    }

    private static UnmaskTally tally(UnmaskUses uses) {
        return uses.of("query_1", "alice", EMAIL, UUID.randomUUID(), "unmask");
    }

    private static final class TestingUnmaskAudit implements UnmaskAudit {
        private final List<UnmaskUse> uses = new ArrayList<>();
        private volatile boolean fail;

        @Override
        public synchronized void record(UnmaskUse use) {
            if (fail) {
                throw new IllegalStateException("the log cannot be written");
            }
            uses.add(use);
        }

        synchronized List<Long> counts() {
            return uses.stream().map(UnmaskUse::unmasked).toList();
        }

        synchronized long sum() {
            return uses.stream().mapToLong(UnmaskUse::unmasked).sum();
        }

        synchronized long refusals() {
            return uses.stream().mapToLong(UnmaskUse::refused).sum();
        }
    }
}
