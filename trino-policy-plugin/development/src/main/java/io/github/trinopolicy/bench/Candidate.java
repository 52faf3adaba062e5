package io.github.trinopolicy.bench;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// A rival of the baseline, and what is expected of it.
///
/// @param result allocates nothing but what the subject returns
/// @param target the ratio to the baseline that is to be met
record Candidate(Subject subject, Optional<Subject> result, Optional<Double> target) {
    Candidate {
        requireNonNull(subject, "subject is null");
        requireNonNull(result, "result is null");
        requireNonNull(target, "target is null");
    }

    static Candidate of(Subject subject) {
        return new Candidate(subject, Optional.empty(), Optional.empty());
    }

    Candidate returning(Subject result) {
        return new Candidate(subject, Optional.of(result), target);
    }

    Candidate atMost(double target) {
        return new Candidate(subject, result, Optional.of(target));
    }
}
