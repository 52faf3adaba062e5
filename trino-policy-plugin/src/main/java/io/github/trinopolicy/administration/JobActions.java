package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.JobLog;
import io.github.trinopolicy.store.JobRequest;
import io.trino.spi.connector.ConnectorSession;
import java.util.List;

/// What is run on schedule: who may see and cancel it. Thread-safe.
public final class JobActions {
    private static final int SHOWN = 1_000;

    private final JobLog jobs;
    private final Authorization authorization;
    private final boolean looksAtTables;

    /// @param looksAtTables whether schemas are monitored and fingerprints are taken
    public JobActions(JobLog jobs, Authorization authorization, boolean looksAtTables) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.looksAtTables = looksAtTables;
    }

    /// @throws NoSuchJobException when no such job runs
    public void cancel(ConnectorSession session, long id) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "cancel a job");
        if (!jobs.requestCancel(Authorization.act(query, "cancel_job"), id)) {
            throw new NoSuchJobException(id);
        }
    }

    /// Has the data source of an object looked at, and a fingerprint taken where it is a table, before that is due.
    ///
    /// @throws io.github.trinopolicy.bundle.BundleException when the name is none
    /// @throws NoSuchJobException when the table is not governed or has no approved columns, or tables are not looked at here
    public void lookNow(ConnectorSession session, String table) {
        QueryContext query = authorization.query(session);
        ObjectName name = CallArguments.objectName(table);
        authorization.requireOwner(query.snapshot(), query.asker(), name, "look at " + name);
        if (!looksAtTables) {
            throw NoSuchJobException.disabled();
        }
        ObjectName dataSource = query.snapshot().outermostDataSource(name).orElseThrow(() -> NoSuchJobException.notGoverned(name));
        if (name.isTable() && query.snapshot().knownTable(name).isEmpty()) {
            throw NoSuchJobException.nothingApproved(name);
        }
        ImmutableList.Builder<JobRequest> requests = ImmutableList.builder();
        requests.add(new JobRequest(JobKind.SCHEMA_MONITORING, dataSource.toString()));
        if (name.isTable()) {
            requests.add(new JobRequest(JobKind.FINGERPRINT, name.toString()));
        }
        jobs.request(Authorization.act(query, "run_fingerprint"), name.toString(), requests.build());
    }

    /// The newest ones, as far as the asking user may know of them.
    public List<Job> visible(ConnectorSession session) {
        return authorization.isAuditor(authorization.query(session).asker()) ? jobs.newest(SHOWN) : ImmutableList.of();
    }
}
