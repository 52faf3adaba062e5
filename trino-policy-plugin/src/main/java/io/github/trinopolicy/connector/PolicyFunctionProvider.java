package io.github.trinopolicy.connector;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencies;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.function.table.ConnectorTableFunctionHandle;
import io.trino.spi.function.table.TableFunctionProcessorProvider;

/// Masking functions and answer functions under the one interface that Trino asks.
final class PolicyFunctionProvider implements FunctionProvider {
    private final MaskingFunctions maskingFunctions;
    private final AnswerFunctions answerFunctions;

    PolicyFunctionProvider(MaskingFunctions maskingFunctions, AnswerFunctions answerFunctions) {
        this.maskingFunctions = requireNonNull(maskingFunctions, "maskingFunctions is null");
        this.answerFunctions = requireNonNull(answerFunctions, "answerFunctions is null");
    }

    @Override
    public ScalarFunctionImplementation getScalarFunctionImplementation(FunctionId functionId, BoundSignature boundSignature,
            FunctionDependencies functionDependencies, InvocationConvention invocationConvention) {
        return maskingFunctions.getScalarFunctionImplementation(functionId, boundSignature, functionDependencies, invocationConvention);
    }

    @Override
    public TableFunctionProcessorProvider getTableFunctionProcessorProvider(ConnectorTableFunctionHandle functionHandle) {
        return answerFunctions;
    }
}
