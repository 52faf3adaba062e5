package io.github.trinopolicy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.spi.StandardErrorCode;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class TestInterruption {
    @Test
    void testLossOfNodesAndConnections() {
        assertThat(Interruption.of(new SQLException("Error executing query"))).contains("connection lost");
        assertThat(Interruption.of(failure(StandardErrorCode.REMOTE_TASK_ERROR))).contains("REMOTE_TASK_ERROR");
        assertThat(Interruption.of(failure(StandardErrorCode.NO_NODES_AVAILABLE))).contains("NO_NODES_AVAILABLE");
    }

    @Test
    void testAllElseIsNone() {
        assertThat(Interruption.of(failure(StandardErrorCode.GENERIC_USER_ERROR))).isEmpty();
        assertThat(Interruption.of(failure(StandardErrorCode.PERMISSION_DENIED))).isEmpty();
        assertThat(Interruption.of(failure(StandardErrorCode.GENERIC_INTERNAL_ERROR))).isEmpty();
    }

    private static SQLException failure(StandardErrorCode code) {
        return new SQLException("Query failed (#20260101_000000_00000_aaaaa): no", "", code.toErrorCode().getCode());
    }
}
