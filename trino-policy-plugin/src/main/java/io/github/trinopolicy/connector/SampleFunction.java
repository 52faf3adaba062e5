package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static io.trino.spi.StandardErrorCode.TABLE_NOT_FOUND;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import io.github.trinopolicy.audit.SampleAudit;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.sample.SampleAuthorization;
import io.github.trinopolicy.sample.SampleReader;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.table.ArgumentSpecification;
import io.trino.spi.function.table.ScalarArgumentSpecification;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `policy.admin.sample(table_name, row_limit)`: raw rows of a table for its owner, as texts under the names of its columns.
final class SampleFunction implements AnswerFunction {
    private static final long USUAL_ROWS = 10;
    private static final long MOST_ROWS = 1_000;
    private static final Set<String> OWN_CATALOGS = ImmutableSet.of(PolicyCatalog.NAME, "system");

    private final SampleAuthorization authorization;
    private final SampleReader reader;
    private final SampleAudit audit;

    SampleFunction(SampleAuthorization authorization, SampleReader reader, SampleAudit audit) {
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.audit = requireNonNull(audit, "audit is null");
    }

    @Override
    public String schema() {
        return PolicyCatalog.ADMIN_SCHEMA;
    }

    @Override
    public String name() {
        return "sample";
    }

    @Override
    public List<ArgumentSpecification> arguments() {
        return ImmutableList.of(ScalarArgumentSpecification.builder().name("TABLE_NAME").type(VARCHAR).build(),
                ScalarArgumentSpecification.builder().name("ROW_LIMIT").type(BIGINT).defaultValue(USUAL_ROWS).build());
    }

    @Override
    public Optional<List<String>> columns() {
        return Optional.empty();
    }

    @Override
    public List<String> columns(ConnectorSession session, Map<String, @Nullable String> arguments) {
        return described(session, table(arguments)).stream().map(Column::name).collect(toImmutableList());
    }

    @Override
    public void authorize(ConnectorSession session, Map<String, @Nullable String> arguments) {
        int _ = limit(arguments);
        QueryContext _ = authorization.requireSample(session, table(arguments));
    }

    @Override
    public List<List<@Nullable String>> rows(ConnectorSession session, Map<String, @Nullable String> arguments) {
        ObjectName table = table(arguments);
        QueryContext query = authorization.requireSample(session, table);
        List<List<@Nullable String>> rows = reader.read(table, described(session, table), limit(arguments));
        // before they leave: whoever is killed after this has perhaps seen them
        audit.shown(query.id().id(), query.asker().user(), table, rows.size());
        return rows;
    }

    private List<Column> described(ConnectorSession session, ObjectName table) {
        return reader.columns(session, table)
                .orElseThrow(() -> new TrinoException(TABLE_NOT_FOUND, "table '%s' does not exist".formatted(table)));
    }

    private static int limit(Map<String, @Nullable String> arguments) {
        String text = arguments.get("row_limit");
        long limit = text == null ? 0 : Long.parseLong(text);
        if (limit < 1 || limit > MOST_ROWS) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "row_limit must be 1 to " + MOST_ROWS);
        }
        return Ints.checkedCast(limit);
    }

    private static ObjectName table(Map<String, @Nullable String> arguments) {
        ObjectName table = TableArgument.of(arguments);
        String name = table.table().orElseThrow();
        if (OWN_CATALOGS.contains(table.catalog()) || table.schema().equals(Optional.of("information_schema")) || name.contains("$")) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "'%s' shows metadata; a sample shows tables of data".formatted(table));
        }
        return table;
    }
}
