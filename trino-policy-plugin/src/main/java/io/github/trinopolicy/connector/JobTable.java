package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.JobActions;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The table `policy.metadata.jobs`.
final class JobTable {
    private final JobActions jobs;

    JobTable(JobActions jobs) {
        this.jobs = requireNonNull(jobs, "jobs is null");
    }

    SystemTable table() {
        return new MetadataTable("jobs", "The newest runs of scheduled work", ImmutableList.of(
                column("job_id", BIGINT, "Number of the run, for cancel_job"),
                column("kind", VARCHAR, "What sort of work"),
                column("object", VARCHAR, "What was worked on, for example the name of an attribute source"),
                column("state", VARCHAR, "running, succeeded, failed, cancelled, or lost with its coordinator"),
                column("node_id", VARCHAR, "The coordinator that ran it"),
                column("started", VARCHAR, "When it began, as an instant in UTC"),
                column("ended", VARCHAR, "When it ended; NULL while it runs"),
                column("rows", BIGINT, "How many rows it read"),
                column("message", VARCHAR, "What came of it"),
                column("failures", BIGINT, "How many runs have failed in a row"),
                column("next_run", VARCHAR, "When the object is due again")), this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        try {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (Job job : jobs.visible(session)) {
                rows.add(row(job));
            }
            return rows;
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(Job job) {
        return Arrays.<@Nullable Object>asList(job.id(), word(job.kind()), job.object(), word(job.state()), job.node(),
                job.started().toString(), text(job.ended()), job.rows().isPresent() ? job.rows().getAsLong() : null,
                job.message().orElse(null), (long) job.failures(), text(job.nextRun()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ENGLISH).replace('_', '-');
    }

    private static @Nullable String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse(null);
    }
}
