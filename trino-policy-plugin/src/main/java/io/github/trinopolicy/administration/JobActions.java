package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.JobLog;
import io.trino.spi.connector.ConnectorSession;
import java.util.List;

/// What is run on schedule: who may see and cancel it. Thread-safe.
public final class JobActions {
    private static final int SHOWN = 1_000;

    private final JobLog jobs;
    private final Authorization authorization;

    public JobActions(JobLog jobs, Authorization authorization) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    /// @throws NoSuchJobException when no such job runs
    public void cancel(ConnectorSession session, long id) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "cancel a job");
        if (!jobs.requestCancel(Authorization.act(query, "cancel_job"), id)) {
            throw new NoSuchJobException(id);
        }
    }

    /// The newest ones, as far as the asking user may know of them.
    public List<Job> visible(ConnectorSession session) {
        return authorization.isAuditor(authorization.query(session).asker()) ? jobs.newest(SHOWN) : ImmutableList.of();
    }
}
