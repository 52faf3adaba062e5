package io.github.trinopolicy.connector;

import io.airlift.slice.SizeOf;
import io.trino.spi.connector.ConnectorSplit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some rows of an answer.
public record AnswerSplit(List<List<@Nullable String>> rows) implements ConnectorSplit {
    private static final int INSTANCE_SIZE = SizeOf.instanceSize(AnswerSplit.class);

    @Override
    public long getRetainedSizeInBytes() {
        return INSTANCE_SIZE + SizeOf.estimatedSizeOf(rows,
                row -> SizeOf.estimatedSizeOf(row, value -> value == null ? 0 : SizeOf.estimatedSizeOf(value)));
    }

    /// Without the rows: Trino writes splits to its log when they fail.
    @Override
    public String toString() {
        return "AnswerSplit[%s rows]".formatted(rows.size());
    }
}
