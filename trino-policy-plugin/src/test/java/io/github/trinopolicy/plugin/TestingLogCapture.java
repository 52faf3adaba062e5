package io.github.trinopolicy.plugin;

import java.util.Arrays;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// All that anybody logs in this process, from when it is added to the root logger on. Thread-safe.
final class TestingLogCapture extends Handler {
    private final StringBuilder text = new StringBuilder();

    TestingLogCapture() {
        setLevel(Level.ALL);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        text.append(entry.getMessage()).append(entry.getParameters() == null ? "" : Arrays.toString(entry.getParameters()))
                .append(entry.getThrown() == null ? "" : entry.getThrown().toString()).append('\n');
    }

    synchronized String text() {
        return text.toString();
    }

    @Override
    public void flush() {
        // it is in memory
    }

    @Override
    public void close() {
        // it is in memory
    }
}
