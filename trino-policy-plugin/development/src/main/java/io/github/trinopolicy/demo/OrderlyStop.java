package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns SIGINT and SIGTERM into an interruption of the main thread and lets the process end when that thread has cleaned up.
///
/// The thread that opens resources is the one that closes them, so nothing is opened behind the back of the clean-up.
final class OrderlyStop {
    private static final long LIMIT_SECONDS = 60;
    private static final int EXIT_CODE_OF_A_HANGING_CLEAN_UP = 1;

    private final Thread main;
    private final int exitCode;
    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");

    private OrderlyStop(Thread main, int exitCode) {
        this.main = requireNonNull(main, "main is null");
        this.exitCode = exitCode;
    }

    /// @param exitCode of a process that a signal has ended
    static OrderlyStop arm(int exitCode) {
        OrderlyStop stop = new OrderlyStop(Thread.currentThread(), exitCode);
        Runtime.getRuntime().addShutdownHook(stop.hook);
        return stop;
    }

    private void stop() {
        main.interrupt();
        boolean clean = false;
        try {
            clean = cleanedUp.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        catch (InterruptedException e) {
            // nobody interrupts a hook; should it happen, the process ends as if the clean-up hung
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(clean ? exitCode : EXIT_CODE_OF_A_HANGING_CLEAN_UP);
    }

    /// To be called by the main thread when everything is closed. Does not return when a signal has come.
    void disarm() {
        cleanedUp.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        catch (IllegalStateException e) {
            // the hook runs and is about to end the process; what this thread would say about being interrupted interests nobody
            Uninterruptibles.sleepUninterruptibly(Duration.ofSeconds(LIMIT_SECONDS));
        }
    }
}
