package io.github.trinopolicy.connector;

import io.trino.spi.function.table.ConnectorTableFunctionHandle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A call of an answer function, as it travels between nodes.
public record AnswerHandle(String schema, String name, Map<String, @Nullable String> arguments) implements ConnectorTableFunctionHandle {}
