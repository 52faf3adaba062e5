package io.github.trinopolicy.crash;

import static io.trino.spi.StandardErrorCode.ABANDONED_QUERY;
import static io.trino.spi.StandardErrorCode.ABANDONED_TASK;
import static io.trino.spi.StandardErrorCode.NO_NODES_AVAILABLE;
import static io.trino.spi.StandardErrorCode.PAGE_TRANSPORT_ERROR;
import static io.trino.spi.StandardErrorCode.PAGE_TRANSPORT_TIMEOUT;
import static io.trino.spi.StandardErrorCode.REMOTE_HOST_GONE;
import static io.trino.spi.StandardErrorCode.REMOTE_TASK_ERROR;
import static io.trino.spi.StandardErrorCode.REMOTE_TASK_MISMATCH;
import static io.trino.spi.StandardErrorCode.SERVER_STARTING_UP;
import static io.trino.spi.StandardErrorCode.TOO_MANY_REQUESTS_FAILED;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import io.trino.spi.ErrorCode;
import io.trino.spi.ErrorCodeSupplier;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/// The failures that a client must expect where nodes end at any time.
final class Interruption {
    private static final Map<Integer, ErrorCode> OF_NODES = Maps.uniqueIndex(ImmutableList.<ErrorCodeSupplier>of(
            ABANDONED_QUERY, ABANDONED_TASK, NO_NODES_AVAILABLE, PAGE_TRANSPORT_ERROR, PAGE_TRANSPORT_TIMEOUT, REMOTE_HOST_GONE,
            REMOTE_TASK_ERROR, REMOTE_TASK_MISMATCH, SERVER_STARTING_UP, TOO_MANY_REQUESTS_FAILED).stream()
            .map(ErrorCodeSupplier::toErrorCode).toList(), ErrorCode::getCode);

    private Interruption() {
    }

    /// How to count the failure; absent for any other.
    static Optional<String> of(SQLException failure) {
        // what the cluster answered, good or bad, begins so; all else is the driver's own word on the connection
        if (!String.valueOf(failure.getMessage()).startsWith("Query failed (")) {
            return Optional.of("connection lost");
        }
        return Optional.ofNullable(OF_NODES.get(failure.getErrorCode())).map(ErrorCode::getName);
    }
}
