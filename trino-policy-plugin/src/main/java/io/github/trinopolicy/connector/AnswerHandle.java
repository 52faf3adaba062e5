package io.github.trinopolicy.connector;

import io.trino.spi.function.table.ConnectorTableFunctionHandle;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A call of an answer function, as it travels between nodes.
///
/// @param columns as they were when the call was analyzed
public record AnswerHandle(String schema, String name, Map<String, @Nullable String> arguments,
        List<String> columns) implements ConnectorTableFunctionHandle {}
