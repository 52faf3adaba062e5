package io.github.trinopolicy.development;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;

/// Ends this process when the one that started it is gone, however that ended.
///
/// The parent holds the other end of this process's standard input and never writes to it. The operating system closes that end even
/// after SIGKILL, which no shutdown hook survives; the end of the stream is therefore the reliable sign.
final class ParentWatch implements Runnable {
    private static final int EXIT_CODE = 3;

    private final InputStream fromParent;

    ParentWatch(InputStream fromParent) {
        this.fromParent = requireNonNull(fromParent, "fromParent is null");
    }

    static void start() {
        Thread.ofPlatform().daemon().name("parent-watch").start(new ParentWatch(System.in));
    }

    @Override
    public void run() {
        awaitEnd();
        // halt, not exit: a shutdown hook that waits for a lost coordinator or store must not keep an orphan alive
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    private void awaitEnd() {
        try {
            while (fromParent.read() >= 0) {
                // what the parent may send means nothing, only the end does
            }
        }
        catch (IOException e) {
            // a broken pipe is the end too, and there is nobody left to tell
            return;
        }
    }
}
