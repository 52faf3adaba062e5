package io.github.trinopolicy.connector;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.BundleActions;
import io.github.trinopolicy.administration.PlannedChange;
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
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `policy.admin.plan` and `policy.admin.impact`, both of `(bundle, prune, source, bundle_id)`, and `policy.admin.export()`.
final class BundleFunction implements AnswerFunction {
    private static final String BUNDLE = "bundle";
    private static final String PRUNE = "prune";
    private static final String SOURCE = "source";
    private static final String BUNDLE_ID = "bundle_id";

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

    static BundleFunction plan(BundleActions actions) {
        return new BundleFunction("plan", proposal(), PlannedChange.COLUMNS, actions::requireReader,
                (session, arguments) -> actions
                        .plan(session, bundle(actions, session, arguments), prune(arguments), arguments.get(SOURCE)).stream()
                        .<List<@Nullable String>>map(PlannedChange::row).toList());
    }

    static BundleFunction impact(BundleActions actions) {
        return new BundleFunction("impact", proposal(), ImpactRow.COLUMNS, actions::requireReader,
                (session, arguments) -> actions
                        .impact(session, bundle(actions, session, arguments), prune(arguments), arguments.get(SOURCE)).stream()
                        .map(ImpactRow::row).toList());
    }

    private static List<ArgumentSpecification> proposal() {
        ArgumentSpecification prune = ScalarArgumentSpecification.builder().name("PRUNE").type(BOOLEAN).defaultValue(false).build();
        return ImmutableList.of(optional(BUNDLE), prune, optional(SOURCE), optional(BUNDLE_ID));
    }

    private static boolean prune(Map<String, @Nullable String> arguments) {
        return Boolean.parseBoolean(arguments.get(PRUNE));
    }

    /// The text that stands in the call, or the parts that the asking user staged.
    private static String bundle(BundleActions actions, ConnectorSession session, Map<String, @Nullable String> arguments) {
        String bundle = arguments.get(BUNDLE);
        String bundleId = arguments.get(BUNDLE_ID);
        if (bundle != null && bundleId == null) {
            return bundle;
        }
        if (bundle == null && bundleId != null) {
            return actions.staged(session, bundleId);
        }
        throw new TrinoException(INVALID_FUNCTION_ARGUMENT,
                bundle == null ? "Argument bundle must not be NULL" : "Only one of the arguments bundle and bundle_id can be given");
    }

    private static ArgumentSpecification optional(String name) {
        return ScalarArgumentSpecification.builder().name(name.toUpperCase(ENGLISH)).type(VARCHAR).defaultValue(null).build();
    }

    static BundleFunction export(BundleActions actions) {
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
    public Optional<List<String>> columns() {
        return Optional.of(columns);
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
