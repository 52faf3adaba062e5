package io.github.trinopolicy.connector;

import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.table.ArgumentSpecification;
import io.trino.spi.function.table.Descriptor;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A question that the policy catalog answers as a table. The rows are made on the coordinator and shipped in splits.
interface AnswerFunction {
    String schema();

    String name();

    List<ArgumentSpecification> arguments();

    /// All columns are text. Empty where they depend on the arguments.
    Optional<List<String>> columns();

    /// The columns of a call that is authorized.
    default List<String> columns(ConnectorSession session, Map<String, @Nullable String> arguments) {
        return columns().orElseThrow();
    }

    /// Refuses who may not ask, before anything is planned.
    void authorize(ConnectorSession session, Map<String, @Nullable String> arguments);

    List<List<@Nullable String>> rows(ConnectorSession session, Map<String, @Nullable String> arguments);

    static Descriptor rowType(List<String> columns) {
        List<Type> types = Collections.nCopies(columns.size(), VarcharType.VARCHAR);
        return Descriptor.descriptor(columns, types);
    }
}
