package io.github.trinopolicy.connector;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.PlannedChange;
import io.github.trinopolicy.administration.StewardActions;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.impact.ImpactRow;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.table.ArgumentSpecification;
import io.trino.spi.function.table.ScalarArgumentSpecification;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `policy.admin.plan(bundle)`, `policy.admin.impact(bundle)` and `policy.admin.export()`.
final class BundleFunction implements AnswerFunction {
    private static final String BUNDLE = "bundle";

    private final String name;
    private final List<ArgumentSpecification> arguments;
    private final List<String> columns;
    private final Consumer<ConnectorSession> authorize;
    private final BiFunction<ConnectorSession, Map<String, @Nullable String>, List<List<@Nullable String>>> rows;

    private BundleFunction(String name, List<ArgumentSpecification> arguments, List<String> columns, Consumer<ConnectorSession> authorize,
            BiFunction<ConnectorSession, Map<String, @Nullable String>, List<List<@Nullable String>>> rows) {
        this.name = requireNonNull(name, "name is null");
        this.arguments = ImmutableList.copyOf(arguments);
        this.columns = ImmutableList.copyOf(columns);
        this.authorize = requireNonNull(authorize, "authorize is null");
        this.rows = requireNonNull(rows, "rows is null");
    }

    static BundleFunction plan(StewardActions actions) {
        ArgumentSpecification bundle = ScalarArgumentSpecification.builder().name("BUNDLE").type(VARCHAR).build();
        return new BundleFunction("plan", ImmutableList.of(bundle), PlannedChange.COLUMNS, actions::requireReader,
                (session, arguments) -> actions.plan(session, bundle(arguments)).stream()
                        .<List<@Nullable String>>map(PlannedChange::row).toList());
    }

    static BundleFunction impact(StewardActions actions) {
        List<ArgumentSpecification> arguments = ImmutableList.of(
                ScalarArgumentSpecification.builder().name("BUNDLE").type(VARCHAR).build(),
                ScalarArgumentSpecification.builder().name("PRUNE").type(BOOLEAN).defaultValue(false).build(),
                ScalarArgumentSpecification.builder().name("SOURCE").type(VARCHAR).defaultValue(null).build());
        return new BundleFunction("impact", arguments, ImpactRow.COLUMNS, actions::requireReader,
                (session, values) -> actions
                        .impact(session, bundle(values), Boolean.parseBoolean(values.get("prune")), values.get("source"))
                        .stream().map(ImpactRow::row).toList());
    }

    private static String bundle(Map<String, @Nullable String> arguments) {
        String text = arguments.get(BUNDLE);
        if (text == null) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "Argument bundle must not be NULL");
        }
        return text;
    }

    static BundleFunction export(StewardActions actions) {
        return new BundleFunction("export", ImmutableList.of(), ImmutableList.of("document"), actions::requireReader,
                (session, _) -> actions.export(session).stream().<List<@Nullable String>>map(ImmutableList::of).toList());
    }

    @Override
    public String schema() {
        return PolicyCatalog.ADMIN_SCHEMA;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<ArgumentSpecification> arguments() {
        return arguments;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public void authorize(ConnectorSession session, Map<String, @Nullable String> values) {
        authorize.accept(session);
    }

    @Override
    public List<List<@Nullable String>> rows(ConnectorSession session, Map<String, @Nullable String> values) {
        try {
            return rows.apply(session, values);
        }
        catch (BundleException e) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }
}
