package io.github.trinopolicy.bench;

import java.io.IOException;

/// Something whose speed is measured.
interface Subject {
    String name();

    /// Measures for a short while, warmed up.
    Measurement measure() throws IOException, InterruptedException;
}
