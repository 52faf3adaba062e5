package io.github.trinopolicy.connector;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;

import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.TrinoException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The argument `table_name` of answer functions.
final class TableArgument {
    private TableArgument() {
    }

    static ObjectName of(Map<String, @Nullable String> arguments) {
        String text = arguments.get("table_name");
        try {
            Optional<ObjectName> name = Optional.ofNullable(text).map(ObjectName::parse);
            if (name.filter(ObjectName::isTable).isPresent()) {
                return name.get();
            }
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "table_name: " + e.getMessage(), e);
        }
        throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "table_name must name a table as catalog.schema.table");
    }
}
