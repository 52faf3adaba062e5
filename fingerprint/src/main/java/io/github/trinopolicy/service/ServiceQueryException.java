package io.github.trinopolicy.service;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/// A statement of the service user that failed. Trino's own message is left out, since it may quote a value.
public final class ServiceQueryException extends RuntimeException {
    private final OptionalInt errorCode;
    private final Optional<String> queryId;

    ServiceQueryException(String message, OptionalInt errorCode, Optional<String> queryId) {
        super(requireNonNull(message, "message is null"));
        this.errorCode = requireNonNull(errorCode, "errorCode is null");
        this.queryId = requireNonNull(queryId, "queryId is null");
    }

    /// Trino's code; empty when the query did not get there.
    public OptionalInt errorCode() {
        return errorCode;
    }

    public Optional<String> queryId() {
        return queryId;
    }
}
