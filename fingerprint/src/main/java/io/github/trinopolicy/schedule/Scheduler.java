package io.github.trinopolicy.schedule;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newFixedThreadPool;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.util.concurrent.MoreExecutors;
import io.airlift.log.Logger;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.JobEnd;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.JobLog;
import io.github.trinopolicy.store.JobState;
import io.github.trinopolicy.store.Leadership;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// Runs tasks when they are due or asked for, a few at a time and never two for one object, on the one coordinator that holds the office. When
/// that is gone, another one goes on where it stopped. Thread-safe.
public final class Scheduler implements AutoCloseable {
    private static final Logger log = Logger.get(Scheduler.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    /// By then this coordinator knows what a run has made.
    private static final Duration SETTLED = Duration.ofSeconds(5);
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private final Supplier<List<Task>> tasks;
    private final JobLog jobs;
    private final Leadership leadership;
    private final String node;
    private final BooleanSupplier enabled;
    private final Clock clock;
    private final Backoff backoff;
    private final ScheduledExecutorService ticker = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-schedule-%s"));
    private final int concurrency;
    private final ExecutorService workers;
    private final Map<Key, Job> last = new HashMap<>();
    private final Map<Key, Running> running = new LinkedHashMap<>();
    private boolean leads;
    private boolean complained;

    private record Key(JobKind kind, String object) {
        private static Key of(Task task) {
            return new Key(task.kind(), task.object());
        }
    }

    private record DueTask(Task task, Instant due) {}

    private record Running(long job, Task task, Cancellation cancellation) {}

    /// @param tasks those that there are now
    /// @param enabled nothing runs while this is false
    /// @param concurrency how many runs there are at once, beside one that decisions wait for
    /// @param random from 0 to 1
    public Scheduler(Supplier<List<Task>> tasks, JobLog jobs, Leadership leadership, String node, BooleanSupplier enabled, int concurrency,
            Clock clock, DoubleSupplier random) {
        checkArgument(concurrency > 0, "concurrency must be positive");
        this.tasks = requireNonNull(tasks, "tasks is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.leadership = requireNonNull(leadership, "leadership is null");
        this.node = requireNonNull(node, "node is null");
        this.enabled = requireNonNull(enabled, "enabled is null");
        this.concurrency = concurrency;
        this.workers = newFixedThreadPool(concurrency + 1, daemonThreadsNamed("policy-work-%s"));
        this.clock = requireNonNull(clock, "clock is null");
        this.backoff = new Backoff(random);
    }

    public void start() {
        ScheduledFuture<?> _ = ticker.scheduleWithFixedDelay(this::tickOnce, TICK.toMillis(), TICK.toMillis(), MILLISECONDS);
    }

    private void tickOnce() {
        try {
            tick();
            complained = false;
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            if (!complained) {
                log.warn(e, "The schedule stands still until the policy store is in reach again");
            }
            complained = true;
        }
    }

    /// Looks once at what is due.
    synchronized void tick() {
        boolean held;
        try {
            held = enabled.getAsBoolean() && leadership.hold();
        }
        catch (RuntimeException e) {
            resign();
            throw e;
        }
        if (!held) {
            resign();
            return;
        }
        if (!leads) {
            takeOver();
        }
        running.values().stream().filter(run -> jobs.isCancelRequested(run.job())).forEach(run -> run.cancellation().cancel());
        Instant now = clock.instant();
        Set<Key> requested = jobs.requests().stream().map(request -> new Key(request.kind(), request.object())).collect(toImmutableSet());
        Iterator<DueTask> due = tasks.get().stream()
                .map(task -> new DueTask(task, requested.contains(Key.of(task)) ? Instant.MIN : due(task)))
                .filter(task -> !task.due().isAfter(now) && !running.containsKey(Key.of(task.task())))
                .sorted(Comparator.comparing(DueTask::due))
                .iterator();
        while (due.hasNext()) {
            Task task = due.next().task();
            // a source may name an object twice
            if (hasRoomFor(task.kind()) && !running.containsKey(Key.of(task))) {
                begin(task);
            }
        }
    }

    /// What decisions wait for is not held up by all that takes long.
    private boolean hasRoomFor(JobKind kind) {
        long others = running.keySet().stream().filter(key -> key.kind().isAwaitedByDecisions() == kind.isAwaitedByDecisions()).count();
        return others < (kind.isAwaitedByDecisions() ? 1 : concurrency);
    }

    private void takeOver() {
        Instant now = clock.instant();
        int lost = jobs.loseRunning(now);
        if (lost > 0) {
            log.info("Took over the schedule; %s runs of the coordinator before were lost", lost);
        }
        jobs.forgetBefore(now.minus(REMEMBERED));
        last.clear();
        jobs.latest().forEach(job -> last.put(new Key(job.kind(), job.object()), job));
        leads = true;
    }

    /// What still runs changes nothing any more: its job is lost to whoever takes over.
    private void resign() {
        leads = false;
        running.values().forEach(run -> run.cancellation().cancel());
    }

    private Instant due(Task task) {
        Job before = last.get(Key.of(task));
        if (before == null || !before.pin().equals(task.pin())) {
            return Instant.MIN;
        }
        if (task.missing() && before.state() == JobState.SUCCEEDED
                && before.ended().orElse(Instant.MIN).isBefore(clock.instant().minus(SETTLED))) {
            return Instant.MIN;
        }
        Instant next = before.nextRun().orElse(Instant.MIN);
        // the interval may be shorter since
        Instant latest = before.ended().orElse(Instant.MIN).plus(task.interval());
        return next.isBefore(latest) ? next : latest;
    }

    private void begin(Task task) {
        long job = jobs.start(task.kind(), task.object(), task.pin(), node, clock.instant());
        Running run = new Running(job, task, new Cancellation());
        running.put(Key.of(task), run);
        workers.execute(() -> work(run));
    }

    private void work(Running run) {
        int failuresBefore = failuresBefore(run.task());
        JobEnd end;
        try {
            Task.Result result = run.task().work().run(run.job(), run.cancellation());
            Instant now = clock.instant();
            end = new JobEnd(JobState.SUCCEEDED, now, OptionalLong.of(result.rows()), result.message(), 0,
                    now.plus(run.task().interval()));
        }
        catch (RuntimeException | Error e) {
            // else nothing would ever run again
            end = failed(run, e, failuresBefore + 1);
        }
        finish(run, end);
    }

    private synchronized int failuresBefore(Task task) {
        Job before = last.get(Key.of(task));
        return before == null || !before.pin().equals(task.pin()) ? 0 : before.failures();
    }

    private synchronized JobEnd failed(Running run, Throwable failure, int failures) {
        Instant now = clock.instant();
        if (run.cancellation().isCancelled()) {
            if (!leads) {
                return new JobEnd(JobState.LOST, now, OptionalLong.empty(), "this coordinator does not hold the schedule any more",
                        failures,
                        now);
            }
            // whoever cancels does not want it again at once
            return new JobEnd(JobState.CANCELLED, now, OptionalLong.empty(), "cancelled", failures, now.plus(run.task().interval()));
        }
        String message;
        if (failure instanceof WorkFailedException) {
            message = String.valueOf(failure.getMessage());
            log.warn("%s '%s' failed: %s", run.task().kind(), run.task().object(), message);
        }
        else {
            message = "an error inside the plugin (%s); the log of the coordinator has it".formatted(failure.getClass().getSimpleName());
            log.error(failure, "%s '%s' failed", run.task().kind(), run.task().object());
        }
        return new JobEnd(JobState.FAILED, now, OptionalLong.empty(), message, failures,
                now.plus(backoff.after(failures, run.task().interval())));
    }

    private synchronized void finish(Running run, JobEnd end) {
        try {
            jobs.end(run.job(), end);
        }
        catch (RuntimeException e) {
            // its end is not written; it is run again, which does no harm
            log.warn(e, "The end of job %s could not be written", run.job());
        }
        Task task = run.task();
        last.put(Key.of(task), new Job(run.job(), task.kind(), task.object(), task.pin(), node, end.state(), end.ended(),
                Optional.of(end.ended()), end.rows(), Optional.of(end.message()), end.failures(), Optional.of(end.nextRun())));
        running.remove(Key.of(task));
    }

    /// Cancels what runs, and gives the office to another coordinator.
    @Override
    public void close() {
        ticker.shutdownNow();
        synchronized (this) {
            resign();
        }
        MoreExecutors.shutdownAndAwaitTermination(workers, Duration.ofSeconds(5));
        leadership.close();
    }
}
