package io.github.trinopolicy.audit;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.collect.ImmutableList;
import io.airlift.log.Logger;
import io.github.trinopolicy.enforcement.AuditLog;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.store.PolicyStoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;

/// Writes events in the background, in batches, a moment after they happened. Thread-safe.
public final class QueuedAuditLog implements AuditLog, AutoCloseable {
    private static final Logger log = Logger.get(QueuedAuditLog.class);
    private static final int BATCH = 1_000;
    // events that come close together share a transaction
    private static final Duration GATHERING = Duration.ofMillis(100);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final ExecutorService executor = newSingleThreadExecutor(daemonThreadsNamed("policy-audit-%s"));
    private final AuditSink sink;
    private final Overload onOverload;
    private final Duration maxWait;
    private final AuditQueue queue;
    private final Clock clock;
    private final LongAdder written = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile boolean closed;
    private boolean failing;

    public QueuedAuditLog(AuditSink sink, AuditConfig config, Clock clock) {
        this.sink = requireNonNull(sink, "sink is null");
        this.onOverload = config.getOnOverload();
        this.maxWait = config.getMaxWait().toJavaTime();
        this.queue = new AuditQueue(config.getQueueSize().toBytes());
        this.clock = requireNonNull(clock, "clock is null");
    }

    public void start() {
        executor.execute(this::run);
    }

    @Override
    public void admit() {
        boolean admitted = switch (onOverload) {
            case DROP_AND_COUNT -> true;
            case FAIL_QUERY -> queue.awaitRoom(Duration.ZERO);
            case BLOCK -> queue.awaitRoom(maxWait);
        };
        if (!admitted) {
            throw MessageCode.AUDIT_OVERLOAD
                    .refusal("The audit log cannot be written at present, and nothing is done unrecorded; try again later. "
                            + "Operators find the cause in the log of the coordinator");
        }
    }

    @Override
    public void record(AuditEvent event) {
        switch (onOverload) {
            case DROP_AND_COUNT -> queue.addOrLose(event);
            case BLOCK, FAIL_QUERY -> queue.addBeyond(event, maxWait);
        }
    }

    /// How many events wait to be written.
    public long length() {
        return queue.length();
    }

    /// How large they are together.
    public long size() {
        return queue.size();
    }

    /// How many were written since the start.
    public long written() {
        return written.sum();
    }

    /// How many were lost since the start.
    public long lost() {
        return queue.lostEver();
    }

    /// How many attempts to write failed since the start.
    public long failures() {
        return failures.sum();
    }

    private void run() {
        try {
            while (!closed) {
                queue.awaitEvent(LONGEST_IDLE);
                Thread.sleep(GATHERING);
                writeAll();
            }
        }
        catch (InterruptedException e) {
            // closed in the middle of a pause
            Thread.currentThread().interrupt();
        }
    }

    /// Until the queue is empty, or fails and is closed.
    private void writeAll()
            throws InterruptedException {
        while (true) {
            List<AuditEvent> waiting = queue.peek(BATCH);
            long lost = queue.takeLost();
            if (waiting.isEmpty() && lost == 0) {
                return;
            }
            if (write(withLoss(waiting, lost))) {
                queue.written(waiting.size());
                written.add(waiting.size());
            }
            else {
                queue.giveBackLost(lost);
                if (closed) {
                    return;
                }
                Thread.sleep(RETRY_PAUSE);
            }
        }
    }

    /// That something is missing is part of the log.
    private List<AuditEvent> withLoss(List<AuditEvent> events, long lost) {
        return lost == 0
                ? events
                : ImmutableList.<AuditEvent>builder()
                        .addAll(events)
                        .add(AuditEvent.of(AuditEvent.Kind.LOSS, clock.instant()).put(AuditField.LOST, lost).build())
                        .build();
    }

    private boolean write(List<AuditEvent> batch) {
        try {
            sink.append(batch);
        }
        catch (RuntimeException e) {
            failures.increment();
            if (!writeWithout(batch, e)) {
                if (!failing) {
                    log.error(e,
                            "The audit log cannot be written; tried again until it can, and policy.audit.on-overload decides what happens when it is full");
                }
                failing = true;
                return false;
            }
        }
        if (failing) {
            log.info("The audit log is written again");
        }
        failing = false;
        return true;
    }

    /// Where the store refuses one event and takes another, the event is at fault: it must not keep the others from being written.
    private boolean writeWithout(List<AuditEvent> batch, RuntimeException failure) {
        boolean refused = failure instanceof PolicyStoreException store && store.category() == PolicyStoreException.Category.REFUSED;
        if (!refused || batch.size() == 1) {
            return false;
        }
        int taken = 0;
        for (AuditEvent event : batch) {
            try {
                sink.append(ImmutableList.of(event));
                taken++;
            }
            catch (RuntimeException e) {
                log.debug(e, "%s was refused", event);
            }
        }
        if (taken == 0) {
            return false;
        }
        if (taken < batch.size()) {
            log.error(failure, "%s events could not be written to the audit log and are lost", batch.size() - taken);
            queue.lose(batch.size() - taken);
            written.add(taken - batch.size());
        }
        return true;
    }

    /// Writes what is there, if that is possible.
    @Override
    public void close() {
        closed = true;
        executor.shutdown();
        try {
            if (executor.awaitTermination(LONGEST_END.toMillis(), MILLISECONDS)) {
                writeAll();
            }
            else {
                executor.shutdownNow();
            }
        }
        catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
        int left = queue.peek(Integer.MAX_VALUE).size();
        if (left > 0) {
            log.error("%s events could not be written to the audit log and are lost", left);
        }
    }
}
