package io.github.trinopolicy.monitoring;

import static com.google.common.base.Preconditions.checkState;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.enforcement.ServiceUser;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.ListingQuery;
import io.github.trinopolicy.policy.SnapshotQuery;
import io.github.trinopolicy.schedule.Cancellation;
import io.github.trinopolicy.schedule.WorkFailedException;
import io.github.trinopolicy.service.ServiceClient;
import io.github.trinopolicy.service.ServiceQuery;
import io.github.trinopolicy.service.ServiceQueryException;
import io.trino.spi.StandardErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Asks Trino about tables as the service user, who reaches what he is asked about and nothing else. Thread-safe.
public final class ServiceReader {
    private static final Map<Integer, String> ERRORS = Stream.of(StandardErrorCode.values())
            .collect(toImmutableMap(code -> code.toErrorCode().getCode(), StandardErrorCode::name));

    private final ServiceUser user;
    private final ServiceClient client;

    public ServiceReader(ServiceUser user, ServiceClient client) {
        this.user = requireNonNull(user, "user is null");
        this.client = requireNonNull(client, "client is null");
    }

    /// The tables and views of a data source with their columns; reads none of them.
    ///
    /// @param source what Trino shows as the source of the queries
    TableListing list(ObjectName dataSource, String source, Cancellation cancellation) {
        TableListing listing = new TableListing(dataSource.catalog());
        try (ServiceUser.Run run = user.beginDescribing(dataSource)) {
            client.run(new ServiceQuery(user.name(), run.credential(), source, ListingQuery.tables(dataSource)), cancellation,
                    listing.ofTables());
            client.run(new ServiceQuery(user.name(), run.credential(), source, ListingQuery.columns(dataSource)), cancellation,
                    listing.ofColumns());
        }
        catch (ServiceQueryException e) {
            throw new WorkFailedException("Trino cannot list its tables: " + reason(e));
        }
        return listing;
    }

    /// The one row of a statement that reads the table.
    ///
    /// @throws WorkFailedException with the reason, but without what Trino says: that may quote a value
    List<@Nullable String> onlyRow(ObjectName table, String sql, String source, Cancellation cancellation) {
        try {
            List<List<@Nullable String>> rows = rows(table, sql, source, cancellation);
            checkState(rows.size() == 1, "a statement of one row gave %s", rows.size());
            return rows.getFirst();
        }
        catch (ServiceQueryException e) {
            throw new WorkFailedException(reason(e));
        }
    }

    /// The number of the present snapshot of a table of Iceberg; empty for tables that have none.
    Optional<String> snapshotId(ObjectName table, String source, Cancellation cancellation) {
        try {
            return rows(table, SnapshotQuery.of(table), source, cancellation).stream().map(List::getFirst).flatMap(Stream::ofNullable)
                    .findFirst();
        }
        catch (ServiceQueryException e) {
            if (e.errorCode().isEmpty() || cancellation.isCancelled()) {
                throw new WorkFailedException(reason(e));
            }
            // other connectors have no such table
            return Optional.empty();
        }
    }

    private List<List<@Nullable String>> rows(ObjectName table, String sql, String source, Cancellation cancellation) {
        // between two statements there is nothing that a cancellation could reach
        if (cancellation.isCancelled()) {
            throw new WorkFailedException("cancelled");
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (ServiceUser.Run run = user.beginFingerprint(table)) {
            client.run(new ServiceQuery(user.name(), run.credential(), source, sql), cancellation, new ServiceClient.Rows() {
                @Override
                public void columns(List<String> types) {
                    // as the statement says
                }

                @Override
                public void row(List<@Nullable String> values) {
                    rows.add(values);
                }
            });
        }
        return rows;
    }

    private static String reason(ServiceQueryException failure) {
        if (failure.errorCode().isEmpty()) {
            return "%s: check policy.fingerprint.trino-url, user, password and truststore".formatted(failure.getMessage());
        }
        int code = failure.errorCode().getAsInt();
        return "the query failed with %s%s; an administrator finds it in Trino by this number".formatted(
                Optional.ofNullable(ERRORS.get(code)).orElse("error " + code), failure.queryId().map(" (query %s)"::formatted).orElse(""));
    }
}
