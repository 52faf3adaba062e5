package io.github.trinopolicy.schedule;

import static java.util.Objects.requireNonNull;

/// Why a run came to nothing, in words without any value of data: owners and auditors read them.
public final class WorkFailedException extends RuntimeException {
    public WorkFailedException(String message) {
        super(requireNonNull(message, "message is null"));
    }
}
