package io.github.trinopolicy.bench;

import java.util.List;

/// A baseline and what is compared with it.
interface Suite {
    /// How the user asks for it.
    String name();

    /// One line.
    String description();

    Subject baseline();

    List<Candidate> candidates();
}
