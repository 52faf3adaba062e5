package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static io.trino.spi.security.PrincipalType.USER;
import static io.trino.spi.security.Privilege.SELECT;
import static io.trino.spi.type.BigintType.BIGINT;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.connector.EntityKindAndName;
import io.trino.spi.connector.EntityPrivilege;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.Privilege;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.TrinoPrincipal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One question of Trino, asked with sample arguments.
///
/// @param identity who asks, where the question comes without a query
record TestingCheck(Method method, Identity identity, SystemSecurityContext context, CatalogSchemaTableName table) {
    private static final TrinoPrincipal PRINCIPAL = new TrinoPrincipal(USER, "alice");
    private static final EntityKindAndName ENTITY = new EntityKindAndName("TABLE", List.of("lake", "shop", "customer"));

    /// True when the method throws, says no, or lets nothing pass; for methods that tell how a table looks, when something is hidden.
    boolean isDenied(PolicyAccessControl accessControl) throws ReflectiveOperationException {
        boolean tellsLook = method.getName().startsWith("get");
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Type type = method.getGenericParameterTypes()[i];
            // the second identity is that of the owner of a query
            arguments[i] = i > 0 && type == Identity.class ? login("somebody") : argument(type);
        }
        try {
            return switch (method.invoke(accessControl, arguments)) {
                case null -> false;
                case Boolean allowed -> !allowed;
                case Collection<?> passed -> passed.isEmpty() != tellsLook;
                case Map<?, ?> passed -> passed.isEmpty() != tellsLook;
                case Optional<?> mask -> mask.isPresent();
                default -> false;
            };
        }
        catch (InvocationTargetException e) {
            if (e.getCause() instanceof AccessDeniedException refusal) {
                assertThat(MessageCode.of(refusal)).describedAs("%s", refusal.getMessage()).isNotEqualTo(MessageCode.OTHER);
                return true;
            }
            throw e;
        }
    }

    private Object argument(Type type) {
        SchemaTableName name = table.getSchemaTableName();
        if (type instanceof ParameterizedType generic) {
            List<Type> elements = List.of(generic.getActualTypeArguments());
            return switch (generic.getRawType().getTypeName()) {
                case "java.util.Optional" -> Optional.empty();
                case "java.util.Set" -> ImmutableSet.of(argument(elements.getFirst()));
                case "java.util.List" -> ImmutableList.of(argument(elements.getFirst()));
                case "java.util.Collection" -> ImmutableList.of(login("somebody"));
                case "java.util.Map" -> ImmutableMap.of(argument(elements.getFirst()), argument(elements.getLast()));
                default -> throw new AssertionError("no sample of " + type);
            };
        }
        Map<Type, Object> samples = ImmutableMap.<Type, Object>builder()
                .put(Identity.class, identity)
                .put(QueryId.class, context.getQueryId())
                .put(SystemSecurityContext.class, context)
                .put(CatalogSchemaTableName.class, table)
                .put(SchemaTableName.class, name)
                .put(CatalogSchemaName.class, new CatalogSchemaName(table.getCatalogName(), name.getSchemaName()))
                .put(CatalogSchemaRoutineName.class, new CatalogSchemaRoutineName(table.getCatalogName(), name.getSchemaName(), "routine"))
                .put(SchemaFunctionName.class, new SchemaFunctionName(name.getSchemaName(), "f"))
                .put(ColumnSchema.class, ColumnSchema.builder().setName("c").setType(BIGINT).build())
                .put(String.class, method.getName().equals("checkCanSetUser") ? identity.getUser() : table.getCatalogName())
                .put(Object.class, "x")
                .put(boolean.class, false)
                .put(Privilege.class, SELECT)
                .put(EntityPrivilege.class, new EntityPrivilege("SELECT"))
                .put(EntityKindAndName.class, ENTITY)
                .put(TrinoPrincipal.class, PRINCIPAL)
                .put(io.trino.spi.type.Type.class, BIGINT)
                .buildOrThrow();
        return requireNonNull(samples.get(type), type::toString);
    }
}
