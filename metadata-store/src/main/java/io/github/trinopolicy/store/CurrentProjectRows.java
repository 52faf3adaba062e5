package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.CurrentProject;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The table `current_project` within one transaction. A user who left his project stays as a row without one.
final class CurrentProjectRows {
    private static final int FETCH_SIZE = 1000;

    private final Handle handle;

    CurrentProjectRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    List<CurrentProject> all() {
        return currentProjects(handle.createQuery("""
                SELECT user_name, project FROM current_project
                WHERE project IS NOT NULL
                ORDER BY user_name
                """));
    }

    Optional<CurrentProject> find(String user) {
        return handle.createQuery("SELECT user_name, project FROM current_project WHERE user_name = :user AND project IS NOT NULL")
                .bind("user", user)
                .map((row, _) -> new CurrentProject(row.getString("user_name"), row.getString("project")))
                .findOne();
    }

    List<CurrentProject> writtenSince(long version) {
        return currentProjects(handle.createQuery("""
                SELECT user_name, project FROM current_project
                WHERE version > :version AND project IS NOT NULL
                ORDER BY user_name
                """).bind("version", version));
    }

    List<String> leftSince(long version) {
        return handle.createQuery("""
                SELECT user_name FROM current_project
                WHERE version > :version AND project IS NULL
                ORDER BY user_name
                """).bind("version", version).mapTo(String.class).list();
    }

    void write(String user, Optional<String> project, long version) {
        handle.createUpdate("""
                INSERT INTO current_project (user_name, project, version) VALUES (:user, :project, :version)
                ON CONFLICT (user_name) DO UPDATE SET project = excluded.project, version = excluded.version
                """).bind("user", user).bind("project", project).bind("version", version).execute();
    }

    private static List<CurrentProject> currentProjects(Query query) {
        return query.setFetchSize(FETCH_SIZE)
                .map((row, _) -> new CurrentProject(row.getString("user_name"), row.getString("project")))
                .list();
    }
}
