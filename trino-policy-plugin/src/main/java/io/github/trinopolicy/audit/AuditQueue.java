package io.github.trinopolicy.audit;

import static com.google.common.base.Preconditions.checkArgument;

import io.github.trinopolicy.model.AuditEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Events that wait to be written. It is full at a size, and takes as much again of queries that had begun before. Thread-safe.
final class AuditQueue {
    private final Lock lock = new ReentrantLock();
    private final Condition taken = lock.newCondition();
    private final Condition added = lock.newCondition();
    private final Queue<AuditEvent> events = new ArrayDeque<>();
    private final long fullSize;
    private long size;
    private long lost;
    private long lostEver;

    AuditQueue(long fullSize) {
        checkArgument(fullSize > 0, "fullSize must be positive");
        this.fullSize = fullSize;
    }

    /// Waits until the queue is not full.
    ///
    /// @return false when it stays full
    boolean awaitRoom(Duration longest) {
        return awaitBelow(fullSize, longest);
    }

    /// Loses the event when the queue is full.
    void addOrLose(AuditEvent event) {
        add(event, fullSize, Duration.ZERO);
    }

    /// Takes the event although the queue is full; waits, and in the end loses the event, only where it is far beyond that.
    void addBeyond(AuditEvent event, Duration longest) {
        add(event, 2 * fullSize, longest);
    }

    private void add(AuditEvent event, long limit, Duration longest) {
        lock.lock();
        try {
            if (!awaitBelow(limit, longest)) {
                lost++;
                lostEver++;
                return;
            }
            events.add(event);
            size += event.size();
            added.signal();
        }
        finally {
            lock.unlock();
        }
    }

    private boolean awaitBelow(long limit, Duration longest) {
        lock.lock();
        try {
            long nanos = longest.toNanos();
            while (size >= limit && nanos > 0) {
                nanos = taken.awaitNanos(nanos);
            }
            return size < limit;
        }
        catch (InterruptedException e) {
            // Trino ends the query or itself
            Thread.currentThread().interrupt();
            return false;
        }
        finally {
            lock.unlock();
        }
    }

    /// Waits for an event, a while.
    void awaitEvent(Duration longest)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = longest.toNanos();
            while (events.isEmpty() && lost == 0 && nanos > 0) {
                nanos = added.awaitNanos(nanos);
            }
        }
        finally {
            lock.unlock();
        }
    }

    /// The next events in their order; empty when there are none. They still count until [#written].
    List<AuditEvent> peek(int most) {
        lock.lock();
        try {
            return events.stream().limit(most).collect(ArrayList::new, List::add, List::addAll);
        }
        finally {
            lock.unlock();
        }
    }

    /// The first events are in the log.
    void written(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                size -= events.remove().size();
            }
            taken.signalAll();
        }
        finally {
            lock.unlock();
        }
    }

    /// Of those that were [#written] in name.
    void lose(long count) {
        lock.lock();
        try {
            lost += count;
            lostEver += count;
        }
        finally {
            lock.unlock();
        }
    }

    /// What [#takeLost] took could not be told.
    void giveBackLost(long count) {
        lock.lock();
        try {
            lost += count;
        }
        finally {
            lock.unlock();
        }
    }

    /// How many events wait.
    long length() {
        lock.lock();
        try {
            return events.size();
        }
        finally {
            lock.unlock();
        }
    }

    /// How large they are together.
    long size() {
        lock.lock();
        try {
            return size;
        }
        finally {
            lock.unlock();
        }
    }

    /// How many events were lost since the start.
    long lostEver() {
        lock.lock();
        try {
            return lostEver;
        }
        finally {
            lock.unlock();
        }
    }

    /// How many events were lost since this was asked last.
    long takeLost() {
        lock.lock();
        try {
            long count = lost;
            lost = 0;
            return count;
        }
        finally {
            lock.unlock();
        }
    }
}
