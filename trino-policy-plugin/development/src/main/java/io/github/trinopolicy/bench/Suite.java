package io.github.trinopolicy.bench;

import java.io.IOException;
import java.util.List;

/// A baseline and what is compared with it.
interface Suite extends AutoCloseable {
    /// How the user asks for it.
    String name();

    /// One line.
    String description();

    Subject baseline();

    List<Candidate> candidates();

    /// Ends what was started to be measured.
    @Override
    default void close() throws IOException {
    }
}
