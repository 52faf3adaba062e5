package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.projects`: members see their projects, owners theirs, auditors all. Who else is a member is told to owners and auditors
/// alone.
final class ProjectTable {
    private final Authorization authorization;

    ProjectTable(Authorization authorization) {
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    SystemTable table() {
        return new MetadataTable("projects", "Projects: users, data sources and purposes that belong together", ImmutableList.of(
                column("name", VARCHAR, "Name of the project, for policy.session.use_project"),
                column("description", VARCHAR, "What its author says of it"),
                column("owners", VARCHAR, "Its owners: users, and groups as group:name"),
                column("purposes", VARCHAR, "Purposes that its members use while they work in it"),
                column("members", VARCHAR,
                        "Its members: users, and groups as group:name; NULL for those who are neither owner nor auditor"),
                column("data_sources", VARCHAR, "The only governed objects that its members can use while they work in it"),
                column("current", BOOLEAN, "Whether this query works in the project")), this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        Subject asker = query.asker();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        query.snapshot().sortedObjectsOf(Kind.PROJECT).stream().map(Project.class::cast).forEach(project -> {
            boolean sees = authorization.isAuditor(asker) || project.owners().contains(asker.user(), asker.groups());
            if (sees || project.members().contains(asker.user(), asker.groups())) {
                rows.add(row(project, sees, asker.project().equals(Optional.of(project.name()))));
            }
        });
        return rows;
    }

    private static List<@Nullable Object> row(Project project, boolean withMembers, boolean current) {
        return Arrays.asList(project.name(), project.description().orElse(null), text(project.owners()),
                project.purposes().stream().sorted().collect(joining(", ")), withMembers ? text(project.members()) : null,
                project.dataSources().stream().map(ObjectName::toString).sorted().collect(joining(", ")), current);
    }

    private static String text(Principals principals) {
        return Stream.concat(principals.users().stream(), principals.groups().stream().map("group:"::concat)).collect(joining(", "));
    }
}
