package io.github.trinopolicy.schedule;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.JobRequest;
import io.github.trinopolicy.store.JobState;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Schedules of several coordinators over one real store.
@TestInstance(PER_CLASS)
class TestScheduler {
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Act ACT = new Act("test", Optional.empty(), Optional.empty(), "test");

    private TestingDatabase database;
    private PolicyStore store;
    private final TestingClock clock = new TestingClock();
    private final AtomicInteger runs = new AtomicInteger();
    private volatile List<Task> tasks = ImmutableList.of();

    @BeforeAll
    void openStore() {
        database = TestingPostgres.newest().createDatabase();
        store = database.openStore();
    }

    @AfterEach
    void forgetJobs() {
        database.execute("DELETE FROM policy.job");
        runs.set(0);
    }

    @AfterAll
    void closeStore() {
        store.close();
        database.close();
    }

    @Test
    void testRunsAtOnceAndThenAtItsInterval() {
        tasks = ImmutableList.of(task("a", "1", this::succeed));
        try (Scheduler scheduler = scheduler("one")) {
            tickUntilEnded(scheduler, 1);
            scheduler.tick();
            clock.advance(INTERVAL.minusSeconds(1));
            scheduler.tick();
            assertThat(runs).hasValue(1);
            clock.advance(Duration.ofSeconds(1));
            tickUntilEnded(scheduler, 2);
            assertThat(store.jobs().newest(10)).hasSize(2).allSatisfy(job -> {
                assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
                assertThat(job.rows()).hasValue(7);
                assertThat(job.message()).contains("done");
                assertThat(job.node()).isEqualTo("one");
            });
            // what it made is gone
            Task task = task("a", "1", this::succeed);
            tasks = ImmutableList.of(new Task(task.kind(), "a", "1", INTERVAL, true, task.work()));
            scheduler.tick();
            assertThat(runs).hasValue(2);
            clock.advance(Duration.ofSeconds(6));
            tickUntilEnded(scheduler, 3);
            // it says something else now
            tasks = ImmutableList.of(task("a", "2", this::succeed));
            tickUntilEnded(scheduler, 4);
        }
    }

    @Test
    void testOnlyOneCoordinatorRunsAndAnotherOneTakesOver() throws InterruptedException {
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        tasks = ImmutableList.of(task("a", "1", (_, _) -> {
            runs.incrementAndGet();
            hung.countDown();
            awaitQuietly(release);
            return new Task.Result(0, "late");
        }));
        Scheduler first = scheduler("first");
        try (Scheduler second = scheduler("second")) {
            first.tick();
            assertThat(hung.await(10, SECONDS)).isTrue();
            second.tick();
            assertThat(runs).hasValue(1);
            // the connection that holds the office dies, as with the process
            assertThat(database.query("""
                    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)).containsExactly("t");
            tasks = ImmutableList.of(task("a", "1", this::succeed));
            tickUntilEnded(second, 2);
            assertThat(store.jobs().newest(10)).extracting(Job::node, Job::state).containsExactly(
                    tuple("second", JobState.SUCCEEDED),
                    tuple("first", JobState.LOST));
            // what the first one still does is of no effect
            long lost = store.jobs().newest(10).getLast().id();
            assertThat(store.change(ACT,
                    transaction -> transaction.isRunning(lost)).value()).isFalse();
            release.countDown();
        }
        finally {
            release.countDown();
            first.close();
        }
    }

    @Test
    void testFailuresAreTriedAgainLaterAndLater() {
        tasks = ImmutableList.of(task("a", "1", (_, _) -> {
            runs.incrementAndGet();
            throw new WorkFailedException("no such table");
        }));
        try (Scheduler scheduler = scheduler("one")) {
            Instant began = clock.instant();
            tickUntilEnded(scheduler, 1);
            Job first = store.jobs().newest(1).getFirst();
            assertThat(first.state()).isEqualTo(JobState.FAILED);
            assertThat(first.message()).contains("no such table");
            assertThat(first.failures()).isEqualTo(1);
            assertThat(first.nextRun()).contains(began.plusSeconds(10));
            scheduler.tick();
            assertThat(runs).hasValue(1);
            clock.advance(Duration.ofSeconds(10));
            tickUntilEnded(scheduler, 2);
            assertThat(store.jobs().newest(1).getFirst().nextRun()).contains(began.plusSeconds(30));
            // never later than it would be due anyway
            for (int i = 3; i < 12; i++) {
                clock.advance(INTERVAL);
                tickUntilEnded(scheduler, i);
            }
            assertThat(store.jobs().newest(1).getFirst().nextRun()).contains(clock.instant().plus(INTERVAL));
        }
        // the next one goes on where the last one stopped
        clock.advance(INTERVAL);
        try (Scheduler scheduler = scheduler("two")) {
            tickUntilEnded(scheduler, 12);
            assertThat(store.jobs().newest(1).getFirst().failures()).isEqualTo(12);
        }
    }

    @Test
    void testErrorsOfThePluginEndTheRunOnly() {
        tasks = ImmutableList.of(task("a", "1", (_, _) -> {
            throw new IllegalStateException("secret value 4711");
        }));
        try (Scheduler scheduler = scheduler("one")) {
            tickUntilEnded(scheduler, 1);
            assertThat(store.jobs().newest(1).getFirst().message().orElseThrow()).contains("IllegalStateException").doesNotContain("4711");
            tasks = ImmutableList.of(task("b", "1", this::succeed));
            tickUntilEnded(scheduler, 2);
            assertThat(store.jobs().newest(1).getFirst().state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    @Test
    void testCancel() throws InterruptedException {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        tasks = ImmutableList.of(task("a", "1", (_, cancellation) -> {
            cancellation.onCancel(cancelled::countDown);
            began.countDown();
            awaitQuietly(cancelled);
            throw new WorkFailedException("the query was cancelled");
        }));
        try (Scheduler scheduler = scheduler("one")) {
            scheduler.tick();
            assertThat(began.await(10, SECONDS)).isTrue();
            long job = store.jobs().newest(1).getFirst().id();
            assertThat(store.jobs().requestCancel(ACT, job)).isTrue();
            assertThat(store.jobs().requestCancel(ACT, job + 1)).isFalse();
            tickUntilEnded(scheduler, 1);
            Job ended = store.jobs().newest(1).getFirst();
            assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
            assertThat(ended.nextRun()).contains(clock.instant().plus(INTERVAL));
            assertThat(store.jobs().requestCancel(ACT, job)).isFalse();
        }
    }

    @Test
    void testNothingRunsWhileNothingIsEnforced() {
        tasks = ImmutableList.of(task("a", "1", this::succeed));
        try (Scheduler scheduler = new Scheduler(() -> tasks, store.jobs(), store.leadership("schedule"), "one", () -> false, 2, clock,
                () -> 1)) {
            scheduler.tick();
        }
        assertThat(store.jobs().newest(10)).isEmpty();
    }

    @Test
    void testSeveralRunAtOnceButNeverTwoOfOneObject() throws InterruptedException {
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        Task.Work wait = (_, _) -> {
            runs.incrementAndGet();
            began.countDown();
            awaitQuietly(release);
            return new Task.Result(0, "done");
        };
        tasks = ImmutableList.of(monitoring("a", wait), monitoring("a", wait), monitoring("b", wait), monitoring("c", wait));
        try (Scheduler scheduler = scheduler("one")) {
            scheduler.tick();
            assertThat(began.await(10, SECONDS)).isTrue();
            scheduler.tick();
            assertThat(running()).containsExactlyInAnyOrder("a", "b");
            // what decisions wait for does not wait for these
            tasks = ImmutableList.of(monitoring("a", wait), monitoring("b", wait), monitoring("c", wait), task("s", "1", this::succeed),
                    task("t", "1", this::succeed));
            tickUntilEnded(scheduler, 2);
            assertThat(store.jobs().newest(10)).filteredOn(job -> job.state() == JobState.SUCCEEDED).extracting(Job::object)
                    .containsExactlyInAnyOrder("s", "t");
            assertThat(running()).containsExactlyInAnyOrder("a", "b");
            release.countDown();
            tickUntilEnded(scheduler, 5);
            assertThat(store.jobs().newest(10)).filteredOn(job -> job.kind() == JobKind.SCHEMA_MONITORING).extracting(Job::object)
                    .containsExactlyInAnyOrder("a", "b", "c");
        }
        finally {
            release.countDown();
        }
    }

    @Test
    void testEachRunIsCancelledByItsOwnNumber() throws InterruptedException {
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        Task.Work work = (_, cancellation) -> {
            began.countDown();
            while (!cancellation.isCancelled() && release.getCount() > 0) {
                pause();
            }
            if (cancellation.isCancelled()) {
                throw new WorkFailedException("the query was cancelled");
            }
            return new Task.Result(0, "done");
        };
        tasks = ImmutableList.of(monitoring("a", work), monitoring("b", work));
        try (Scheduler scheduler = scheduler("one")) {
            scheduler.tick();
            assertThat(began.await(10, SECONDS)).isTrue();
            long second = store.jobs().newest(10).stream().filter(job -> job.object().equals("b")).findFirst().orElseThrow().id();
            assertThat(store.jobs().requestCancel(ACT, second)).isTrue();
            tickUntilEnded(scheduler, 1);
            assertThat(running()).containsExactly("a");
            release.countDown();
            tickUntilEnded(scheduler, 2);
            assertThat(store.jobs().newest(10)).extracting(Job::object, Job::state).containsExactlyInAnyOrder(
                    tuple("a", JobState.SUCCEEDED),
                    tuple("b", JobState.CANCELLED));
        }
        finally {
            release.countDown();
        }
    }

    @Test
    void testRunsBeforeItIsDueWhenAskedFor() {
        tasks = ImmutableList.of(monitoring("a", this::succeed), monitoring("b", this::succeed));
        try (Scheduler scheduler = scheduler("one")) {
            tickUntilEnded(scheduler, 2);
            scheduler.tick();
            assertThat(runs).hasValue(2);
            store.jobs().request(ACT, "b", List.of(new JobRequest(JobKind.SCHEMA_MONITORING, "b")));
            tickUntilEnded(scheduler, 3);
            scheduler.tick();
            assertThat(runs).hasValue(3);
            assertThat(store.jobs().newest(1).getFirst().object()).isEqualTo("b");
            assertThat(store.jobs().requests()).isEmpty();
        }
    }

    private List<String> running() {
        return store.jobs().newest(100).stream().filter(job -> job.ended().isEmpty()).map(Job::object).toList();
    }

    private static Task monitoring(String object, Task.Work work) {
        return new Task(JobKind.SCHEMA_MONITORING, object, "1", INTERVAL, false, work);
    }

    private Scheduler scheduler(String node) {
        return new Scheduler(() -> tasks, store.jobs(), store.leadership("schedule"), node, () -> true, 2, clock, () -> 1);
    }

    private static Task task(String object, String pin, Task.Work work) {
        return new Task(JobKind.ATTRIBUTE_SOURCE, object, pin, INTERVAL, false, work);
    }

    private Task.Result succeed(long job, Cancellation cancellation) {
        runs.incrementAndGet();
        return new Task.Result(7, "done");
    }

    private void tickUntilEnded(Scheduler scheduler, int count) {
        long deadline = System.nanoTime() + SECONDS.toNanos(20);
        while (store.jobs().newest(100).stream().filter(job -> job.ended().isPresent()).count() < count) {
            assertThat(System.nanoTime()).describedAs("no run ended: %s", store.jobs().newest(100)).isLessThan(deadline);
            scheduler.tick();
            pause();
        }
        // until the schedule knows of it too
        pause();
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(20, SECONDS)) {
                throw new IllegalStateException("nobody went on");
            }
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
