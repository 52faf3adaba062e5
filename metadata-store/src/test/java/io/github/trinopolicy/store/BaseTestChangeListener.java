package io.github.trinopolicy.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Notifications on one version of the server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BaseTestChangeListener {
    private final TestingDatabase database;
    private final PolicyStore store;

    BaseTestChangeListener(TestingPostgres postgres) {
        database = postgres.createDatabase();
        store = database.openStore();
    }

    @AfterAll
    public void tearDown() {
        store.close();
        database.close();
    }

    @Test
    public void testNotification()
            throws InterruptedException {
        Semaphore calls = new Semaphore(0);
        try (ChangeListener _ = listen(calls::release)) {
            assertCalled(calls);
            change("a");
            assertCalled(calls);
            change("b");
            assertCalled(calls);
            // no change, no notification
            change("b");
            assertThat(calls.tryAcquire(1, SECONDS)).isFalse();
        }
    }

    @Test
    public void testReconnect()
            throws InterruptedException {
        Semaphore calls = new Semaphore(0);
        try (ChangeListener _ = listen(calls::release)) {
            assertCalled(calls);
            assertThat(database.query("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'LISTEN %'
                    """)).containsExactly("t");
            // what was missed meanwhile is asked for
            assertCalled(calls);
            change("c");
            assertCalled(calls);
        }
    }

    @Test
    public void testFailingCallback()
            throws InterruptedException {
        Semaphore calls = new Semaphore(0);
        try (ChangeListener _ = listen(() -> {
            calls.release();
            throw new IllegalStateException("expected by the test");
        })) {
            assertCalled(calls);
            change("d");
            assertCalled(calls);
        }
    }

    @Test
    public void testCloseEndsConnectionAtOnce()
            throws InterruptedException {
        Semaphore calls = new Semaphore(0);
        ChangeListener listener = listen(calls::release);
        assertCalled(calls);
        long start = System.nanoTime();
        listener.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("policy-store-listener"));
        assertThat(calls.availablePermits()).isZero();
    }

    @Test
    public void testCloseWhileUnreachable() {
        ChangeListener listener = new PolicyStoreFactory(database.config().setUrl("jdbc:postgresql://localhost:1/policy"))
                .listen(() -> {
                    throw new AssertionError("nobody can have called");
                });
        listener.close();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("policy-store-listener"));
    }

    private ChangeListener listen(Runnable onChange) {
        return new PolicyStoreFactory(database.config()).listen(onChange);
    }

    private void change(String name) {
        store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag(name)));
    }

    private static void assertCalled(Semaphore calls)
            throws InterruptedException {
        assertThat(calls.tryAcquire(20, SECONDS)).isTrue();
    }
}
