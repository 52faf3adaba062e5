package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.Locale;

/// Tells the user what is going on and since when. Thread-safe.
public final class Progress {
    private final PrintStream output;
    private final long start;

    public Progress(PrintStream output) {
        this.output = requireNonNull(output, "output is null");
        this.start = System.nanoTime();
    }

    /// A line with the seconds since the start.
    public void step(String sentence) {
        line(String.format(Locale.ROOT, "[%5.1f s] %s", (System.nanoTime() - start) / 1e9, sentence));
    }

    public void line(String text) {
        output.println(text);
        // a reader may wait for this very line through a pipe
        output.flush();
    }
}
