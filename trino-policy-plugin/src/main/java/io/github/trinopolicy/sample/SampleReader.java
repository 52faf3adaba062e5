package io.github.trinopolicy.sample;

import static io.trino.spi.StandardErrorCode.EXCEEDED_LOCAL_MEMORY_LIMIT;
import static io.trino.spi.StandardErrorCode.GENERIC_INSUFFICIENT_RESOURCES;
import static io.trino.spi.StandardErrorCode.GENERIC_USER_ERROR;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.github.trinopolicy.administration.TableDescriber;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.enforcement.ServiceUser;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.schedule.Cancellation;
import io.github.trinopolicy.service.ServiceClient;
import io.github.trinopolicy.service.ServiceQuery;
import io.github.trinopolicy.service.ServiceQueryException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Reads raw rows of a table as the service user, into memory and nowhere else. Whoever calls it has asked [SampleAuthorization]. Thread-safe.
public final class SampleReader {
    /// What Trino shows as the source and tag of the queries, for resource groups.
    public static final String QUERY_SOURCE = "policy-sample";

    private static final int AT_ONCE = 4;
    private static final long MOST_CHARACTERS = 16_000_000;

    private final TableDescriber describer;
    private final ServiceUser serviceUser;
    private final ServiceClient client;
    private final Semaphore readers = new Semaphore(AT_ONCE);

    public SampleReader(TableDescriber describer, ServiceUser serviceUser, ServiceClient client) {
        this.describer = requireNonNull(describer, "describer is null");
        this.serviceUser = requireNonNull(serviceUser, "serviceUser is null");
        this.client = requireNonNull(client, "client is null");
    }

    /// The columns that the table has now, without hidden ones; empty where there is no such table.
    public Optional<List<Column>> columns(ConnectorSession session, ObjectName table) {
        return describer.describe(session, table);
    }

    /// Some rows, each value as text.
    ///
    /// @throws TrinoException when they cannot be read; without a value of theirs
    public List<List<@Nullable String>> read(ObjectName table, List<Column> columns, int limit) {
        if (!readers.tryAcquire()) {
            throw new TrinoException(GENERIC_INSUFFICIENT_RESOURCES,
                    "%s samples are being read: try again in a moment".formatted(AT_ONCE));
        }
        MemoryRows rows = new MemoryRows();
        try (ServiceUser.Run run = serviceUser.beginRaw(table)) {
            client.run(ServiceQuery.inMemory(serviceUser.name(), run.credential(), QUERY_SOURCE, sql(table, columns, limit)),
                    new Cancellation(), rows);
            return rows.rows;
        }
        catch (ServiceQueryException e) {
            throw new TrinoException(GENERIC_USER_ERROR,
                    "Cannot sample %s: %s%s; a sample shows tables, no views, and an administrator finds the query in Trino by its number"
                            .formatted(table, e.getMessage(), e.queryId().map(" (query %s)"::formatted).orElse("")));
        }
        finally {
            readers.release();
        }
    }

    private static String sql(ObjectName table, List<Column> columns, int limit) {
        return "SELECT %s FROM %s.%s.%s LIMIT %s".formatted(columns.stream().map(ColumnText::expression).collect(joining(", ")),
                ColumnText.quoted(table.catalog()), ColumnText.quoted(table.schema().orElseThrow()),
                ColumnText.quoted(table.table().orElseThrow()), limit);
    }

    private static final class MemoryRows implements ServiceClient.Rows {
        private final List<List<@Nullable String>> rows = new ArrayList<>();
        private long characters;

        @Override
        public void columns(List<String> types) {
            // all are texts
        }

        @Override
        public void row(List<@Nullable String> values) {
            for (String value : values) {
                characters += value == null ? 0 : value.length();
            }
            if (characters > MOST_CHARACTERS) {
                throw new TrinoException(EXCEEDED_LOCAL_MEMORY_LIMIT,
                        "The sample has more than %s characters: ask for fewer rows".formatted(MOST_CHARACTERS));
            }
            rows.add(values);
        }
    }
}
