package io.github.trinopolicy.connector;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencyDeclaration;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.SchemaFunctionName;
import java.util.Collection;
import java.util.List;

/// The catalog as Trino's metadata sees it: schemas for procedures and functions, and no tables but the metadata tables.
final class PolicyConnectorMetadata implements ConnectorMetadata {
    private final MaskingFunctions maskingFunctions;

    PolicyConnectorMetadata(MaskingFunctions maskingFunctions) {
        this.maskingFunctions = requireNonNull(maskingFunctions, "maskingFunctions is null");
    }

    @Override
    public List<String> listSchemaNames(ConnectorSession session) {
        return ImmutableList.of(PolicyCatalog.ADMIN_SCHEMA, PolicyCatalog.SESSION_SCHEMA, PolicyCatalog.METADATA_SCHEMA,
                PolicyCatalog.FUNCTIONS_SCHEMA);
    }

    @Override
    public Collection<FunctionMetadata> listFunctions(ConnectorSession session, String schemaName) {
        return maskingFunctions.listFunctions(schemaName);
    }

    @Override
    public Collection<FunctionMetadata> getFunctions(ConnectorSession session, SchemaFunctionName name) {
        return maskingFunctions.getFunctions(name);
    }

    @Override
    public FunctionMetadata getFunctionMetadata(ConnectorSession session, FunctionId functionId) {
        return maskingFunctions.getFunctionMetadata(functionId);
    }

    @Override
    public FunctionDependencyDeclaration getFunctionDependencies(ConnectorSession session, FunctionId functionId,
            BoundSignature boundSignature) {
        return FunctionDependencyDeclaration.NO_DEPENDENCIES;
    }
}
