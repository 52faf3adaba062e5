package io.github.trinopolicy.connector;

import static io.trino.spi.function.table.ReturnTypeSpecification.GenericTable.GENERIC_TABLE;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.trino.spi.connector.ConnectorAccessControl;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.table.AbstractConnectorTableFunction;
import io.trino.spi.function.table.Argument;
import io.trino.spi.function.table.ReturnTypeSpecification;
import io.trino.spi.function.table.ReturnTypeSpecification.DescribedTable;
import io.trino.spi.function.table.ScalarArgument;
import io.trino.spi.function.table.TableFunctionAnalysis;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows an answer function to Trino.
final class AnswerTableFunction extends AbstractConnectorTableFunction {
    private final AnswerFunction function;

    AnswerTableFunction(AnswerFunction function) {
        super(function.schema(), function.name(), function.arguments(), function.columns()
                .<ReturnTypeSpecification>map(columns -> new DescribedTable(AnswerFunction.rowType(columns))).orElse(GENERIC_TABLE));
        this.function = requireNonNull(function, "function is null");
    }

    @Override
    public TableFunctionAnalysis analyze(ConnectorSession session, ConnectorTransactionHandle transaction, Map<String, Argument> arguments,
            ConnectorAccessControl accessControl) {
        Map<String, @Nullable String> values = new HashMap<>();
        arguments.forEach((name, argument) -> values.put(name.toLowerCase(Locale.ENGLISH), text(argument)));
        function.authorize(session, values);
        List<String> columns = function.columns(session, values);
        TableFunctionAnalysis.Builder analysis = TableFunctionAnalysis.builder()
                .handle(new AnswerHandle(function.schema(), function.name(), values, columns));
        return function.columns().isPresent() ? analysis.build() : analysis.returnedType(AnswerFunction.rowType(columns)).build();
    }

    private static @Nullable String text(Argument argument) {
        return switch (((ScalarArgument) argument).getValue()) {
            case Slice text -> text.toStringUtf8();
            case Boolean flag -> flag.toString();
            case Long number -> number.toString();
            case null, default -> null;
        };
    }
}
