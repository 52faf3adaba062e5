package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.administration.Explanation;
import io.github.trinopolicy.administration.Explanation.Audience;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.table.ArgumentSpecification;
import io.trino.spi.function.table.ScalarArgumentSpecification;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `policy.admin.explain(user_name, table_name)` for administrators, auditors and owners, and `policy.session.explain(table_name)` for
/// oneself.
final class ExplainFunction implements AnswerFunction {
    private static final Splitter GROUPS = Splitter.on(',').trimResults().omitEmptyStrings();

    private final boolean forOneself;
    private final Authorization authorization;
    private final Explanation explanation;

    ExplainFunction(boolean forOneself, Authorization authorization, Explanation explanation) {
        this.forOneself = forOneself;
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.explanation = requireNonNull(explanation, "explanation is null");
    }

    @Override
    public String schema() {
        return forOneself ? PolicyCatalog.SESSION_SCHEMA : PolicyCatalog.ADMIN_SCHEMA;
    }

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public List<ArgumentSpecification> arguments() {
        ArgumentSpecification table = ScalarArgumentSpecification.builder().name("TABLE_NAME").type(VARCHAR).build();
        if (forOneself) {
            return ImmutableList.of(table);
        }
        return ImmutableList.of(ScalarArgumentSpecification.builder().name("USER_NAME").type(VARCHAR).build(), table,
                ScalarArgumentSpecification.builder().name("GROUPS").type(VARCHAR).defaultValue(null).build());
    }

    @Override
    public Optional<List<String>> columns() {
        return Optional.of(Explanation.COLUMNS);
    }

    @Override
    public void authorize(ConnectorSession session, Map<String, @Nullable String> arguments) {
        QueryContext query = authorization.query(session);
        ObjectName table = TableArgument.of(arguments);
        if (!forOneself && !authorization.isAuditor(query.asker()) && !authorization.isOwner(query.snapshot(), query.asker(), table)) {
            throw authorization.refusal(MessageCode.OFFICE,
                    "Cannot explain what others see of %s: %s is no administrator, auditor or owner of it; "
                            .formatted(table, query.asker().user())
                            + "SELECT * FROM TABLE(policy.session.explain(...)) explains what you see yourself");
        }
    }

    @Override
    public List<List<@Nullable String>> rows(ConnectorSession session, Map<String, @Nullable String> arguments) {
        QueryContext query = authorization.query(session);
        ObjectName table = TableArgument.of(arguments);
        if (forOneself) {
            return explanation.explain(session, query.snapshot(), query.asker(), table, Audience.ONESELF);
        }
        String user = arguments.get("user_name");
        if (user == null || user.isBlank()) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT, "user_name must name a user");
        }
        Subject subject = explanation.subject(query.snapshot(), user, groups(arguments.get("groups")));
        Audience audience = authorization.isAuditor(query.asker()) ? Audience.AUDITOR : Audience.OWNER;
        return explanation.explain(session, query.snapshot(), subject, table, audience);
    }

    private static Set<String> groups(@Nullable String groups) {
        return groups == null
                ? ImmutableSet.of()
                : GROUPS.splitToStream(groups)
                        .collect(toImmutableSet());
    }
}
