package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.airlift.log.Logger;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.fingerprint.InvalidFingerprintException;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.monitoring.ColumnSummary;
import io.github.trinopolicy.store.FingerprintDrift;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.StoredFingerprint;
import io.github.trinopolicy.store.TableDrift;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.fingerprints` and `fingerprint_drift`: the statistics of tables, for administrators and auditors, and for owners those of
/// their data sources. Nobody sees those of a table that was forgotten.
final class FingerprintTables {
    private static final Logger log = Logger.get(FingerprintTables.class);
    private static final int NEWEST = 1_000;

    private final PolicyStore store;
    private final Authorization authorization;

    FingerprintTables(PolicyStore store, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    Set<SystemTable> tables() {
        return ImmutableSet.of(fingerprints(), drift());
    }

    private SystemTable fingerprints() {
        return new MetadataTable("fingerprints",
                "Statistics of tables, the newest thousand: one row for the table, and one for each column",
                ImmutableList.of(
                        column("fingerprint_id", VARCHAR, "Tells fingerprints apart"),
                        column("table_name", VARCHAR, "Present name of the table"),
                        column("taken_at", VARCHAR, "When, as an instant in UTC"),
                        column("baseline", BOOLEAN, "Whether later ones are compared with it"),
                        column("snapshot", VARCHAR, "What the table held then, for example its snapshot; NULL: not known"),
                        column("row_count", BIGINT, "How many rows the table had"),
                        column("column_name", VARCHAR, "The column; NULL: the table"),
                        column("null_count", BIGINT, "How many rows have no value there"),
                        column("distinct_estimate", BIGINT, "About how many different values there are"),
                        column("document", VARCHAR, "All that is kept, as JSON; of the table only"),
                        column("job_id", BIGINT, "The run that took it")),
                this::fingerprintRows);
    }

    private List<List<@Nullable Object>> fingerprintRows(ConnectorSession session) {
        Map<UUID, ObjectName> visible = visible(session);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        if (visible.isEmpty()) {
            return rows;
        }
        for (StoredFingerprint fingerprint : read(() -> store.fingerprints().newest(NEWEST))) {
            ObjectName table = visible.get(fingerprint.table());
            if (table != null) {
                rows.add(row(fingerprint, table, null, null, null, fingerprint.document()));
                for (ColumnSummary column : columns(session, table, fingerprint)) {
                    rows.add(row(fingerprint, table, column.column(), column.nulls(),
                            column.distinct().isPresent() ? column.distinct().getAsLong() : null, null));
                }
            }
        }
        return rows;
    }

    /// One that a later version of the plugin wrote, before it was taken back, shows as a whole alone.
    private List<ColumnSummary> columns(ConnectorSession session, ObjectName table, StoredFingerprint fingerprint) {
        try {
            return authorization.query(session).snapshot().knownTable(table).map(known -> ColumnSummary.of(known, fingerprint))
                    .orElse(ImmutableList.of());
        }
        catch (InvalidFingerprintException e) {
            log.debug(e, "Fingerprint %s cannot be read", fingerprint.id());
            return ImmutableList.of();
        }
    }

    private static List<@Nullable Object> row(StoredFingerprint fingerprint, ObjectName table, @Nullable String column,
            @Nullable Long nulls,
            @Nullable Long distinct, @Nullable String document) {
        return Arrays.asList(fingerprint.id().toString(), table.toString(), fingerprint.takenAt().toString(), fingerprint.baseline(),
                fingerprint.pin().orElse(null), fingerprint.rowCount(), column, nulls, distinct, document,
                fingerprint.job().isPresent() ? fingerprint.job().getAsLong() : null);
    }

    private SystemTable drift() {
        return new MetadataTable("fingerprint_drift", "In what fingerprints differ from the baselines of their tables, the newest thousand",
                ImmutableList.of(
                        column("fingerprint_id", VARCHAR, "The later one of the two"),
                        column("table_name", VARCHAR, "Present name of the table"),
                        column("column_name", VARCHAR, "The column; NULL: the table"),
                        column("metric", VARCHAR, "What was measured"),
                        column("value", DOUBLE, "How much it differs"),
                        column("threshold", DOUBLE, "From where on it counts"),
                        column("level", VARCHAR, "warning or drift"),
                        column("found_at", VARCHAR, "When, as an instant in UTC")),
                this::driftRows);
    }

    private List<List<@Nullable Object>> driftRows(ConnectorSession session) {
        Map<UUID, ObjectName> visible = visible(session);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        if (visible.isEmpty()) {
            return rows;
        }
        for (TableDrift found : read(() -> store.fingerprints().newestDrifts(NEWEST))) {
            ObjectName table = visible.get(found.table());
            if (table != null) {
                FingerprintDrift drift = found.drift();
                rows.add(Arrays.asList(drift.fingerprint().toString(), table.toString(), drift.column().orElse(null), drift.metric(),
                        drift.value(), drift.threshold(), drift.level().name().toLowerCase(ENGLISH), drift.foundAt().toString()));
            }
        }
        return rows;
    }

    /// The tables of which the asking user may know.
    private Map<UUID, ObjectName> visible(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        boolean seesAll = authorization.isAuditor(query.asker());
        Map<UUID, ObjectName> visible = new LinkedHashMap<>();
        for (KnownTable table : query.snapshot().knownTables()) {
            if (seesAll || authorization.isOwner(query.snapshot(), query.asker(), table.name())) {
                visible.put(table.id(), table.name());
            }
        }
        return visible;
    }

    private static <T> T read(Supplier<T> question) {
        try {
            return question.get();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }
}
