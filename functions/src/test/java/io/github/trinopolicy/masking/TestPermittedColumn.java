package io.github.trinopolicy.masking;

import static io.airlift.slice.Slices.utf8Slice;
import static io.trino.spi.StandardErrorCode.PERMISSION_DENIED;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static io.trino.testing.TestingConnectorSession.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ticker;
import io.trino.spi.TrinoException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TestPermittedColumn {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();
    private boolean permitted = true;

    private final PermittedColumn column = new PermittedColumn((_, _, name, _) -> {
        questions.incrementAndGet();
        if (!permitted) {
            throw new TrinoException(PERMISSION_DENIED, "no right");
        }
        return named(name);
    }, "unmask", new Ticker() {
        @Override
        public long read() {
            return nanos.get();
        }
    });

    /// However few rows have come since: a right that has ended is not used up.
    @Test
    void testRightEndsWithTimeAndNotWithRows() {
        for (int row = 0; row < 10_000; row++) {
            assertThat(column.get(SESSION, utf8Slice("a.b.c.d")).name()).isEqualTo("a.b.c.d");
        }
        assertThat(questions).hasValue(1);

        permitted = false;
        nanos.addAndGet(PermittedColumn.INTERVAL_NANOS);
        assertThatThrownBy(() -> column.get(SESSION, utf8Slice("a.b.c.d"))).hasMessage("no right");
        assertThatThrownBy(() -> column.get(SESSION, utf8Slice("a.b.c.d"))).hasMessage("no right");
    }

    @Test
    void testOtherColumnIsAnotherQuestion() {
        assertThat(column.get(SESSION, utf8Slice("a.b.c.d")).name()).isEqualTo("a.b.c.d");
        assertThat(column.get(SESSION, utf8Slice("a.b.c.e")).name()).isEqualTo("a.b.c.e");
        permitted = false;
        assertThatThrownBy(() -> column.get(SESSION, utf8Slice("a.b.c.d"))).hasMessage("no right");
    }

    private static UnmaskableColumn named(String name) {
        return new UnmaskableColumn(name, new UUID(0, 1), VARCHAR, Optional.empty(), Optional.empty(), Optional.empty(),
                new UnmaskableColumn.Keys() {
                    @Override
                    public Optional<Integer> reversibleVersion(UUID key) {
                        return Optional.empty();
                    }

                    @Override
                    public Optional<UUID> formatPreserving(int version) {
                        return Optional.empty();
                    }
                }, new UnmaskTally() {
                    @Override
                    public void answered() {
                    }

                    @Override
                    public void refused() {
                    }
                });
    }
}
