package io.github.trinopolicy.connector;

import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.trino.spi.connector.ConnectorAccessControl;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.table.AbstractConnectorTableFunction;
import io.trino.spi.function.table.Argument;
import io.trino.spi.function.table.ReturnTypeSpecification.DescribedTable;
import io.trino.spi.function.table.ScalarArgument;
import io.trino.spi.function.table.TableFunctionAnalysis;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows an answer function to Trino.
final class AnswerTableFunction extends AbstractConnectorTableFunction {
    private final AnswerFunction function;

    AnswerTableFunction(AnswerFunction function) {
        super(function.schema(), function.name(), function.arguments(), new DescribedTable(function.rowType()));
        this.function = requireNonNull(function, "function is null");
    }

    @Override
    public TableFunctionAnalysis analyze(ConnectorSession session, ConnectorTransactionHandle transaction, Map<String, Argument> arguments,
            ConnectorAccessControl accessControl) {
        Map<String, @Nullable String> values = new HashMap<>();
        arguments.forEach((name, argument) -> values.put(name.toLowerCase(Locale.ENGLISH), text(argument)));
        function.authorize(session, values);
        return TableFunctionAnalysis.builder().handle(new AnswerHandle(function.schema(), function.name(), values)).build();
    }

    private static @Nullable String text(Argument argument) {
        return switch (((ScalarArgument) argument).getValue()) {
            case Slice text -> text.toStringUtf8();
            case Boolean flag -> flag.toString();
            case null, default -> null;
        };
    }
}
