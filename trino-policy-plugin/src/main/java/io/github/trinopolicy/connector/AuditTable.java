package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.DateTimeEncoding.packDateTimeWithZone;
import static io.trino.spi.type.DateTimeEncoding.unpackMillisUtc;
import static io.trino.spi.type.TimeZoneKey.UTC_KEY;
import static io.trino.spi.type.TimestampWithTimeZoneType.TIMESTAMP_TZ_MILLIS;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.AbstractIterator;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import io.airlift.slice.Slice;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.AuditEntry;
import io.github.trinopolicy.store.AuditRange;
import io.github.trinopolicy.store.AuditScope;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.connector.ColumnMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTableMetadata;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.InMemoryRecordSet;
import io.trino.spi.connector.RecordCursor;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.connector.SystemTable;
import io.trino.spi.predicate.Domain;
import io.trino.spi.predicate.Range;
import io.trino.spi.predicate.TupleDomain;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.audit_log`, newest first, read page by page. Administrators and auditors see all; others their own events, and of those
/// about tables that they own what concerns these.
final class AuditTable implements SystemTable {
    private static final int PAGE = 500;
    private static final List<AuditField> FIELDS = ImmutableList.copyOf(AuditField.values());
    private static final List<ColumnMetadata> COLUMNS = Stream.of(
            Stream.of(column("happened_at", TIMESTAMP_TZ_MILLIS, "When, by the clock of the node; compare with it to read less"),
                    column("kind", VARCHAR, "query, denial, unmask, administration or loss"),
                    column("node_id", VARCHAR, "Trino node that saw it; NULL for acts of administration")),
            FIELDS.stream().map(field -> column(field.columnName(), type(field), field.description())),
            Stream.of(
                    column("changes", VARCHAR,
                            "What an act of administration changed, before and after, as JSON; for administrators and auditors"),
                    column("event_id", VARCHAR, "Tells events apart, also those of the file")))
            .flatMap(columns -> columns).collect(toImmutableList());
    private static final int TIME_COLUMN = 0;
    private static final int USER_COLUMN = 3 + FIELDS.indexOf(AuditField.USER_NAME);

    private final PolicyStore store;
    private final Authorization authorization;

    AuditTable(PolicyStore store, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    @Override
    public Distribution getDistribution() {
        return Distribution.SINGLE_COORDINATOR;
    }

    @Override
    public ConnectorTableMetadata getTableMetadata() {
        return new ConnectorTableMetadata(new SchemaTableName(PolicyCatalog.METADATA_SCHEMA, "audit_log"), COLUMNS, ImmutableMap.of(),
                Optional.of("What users did and what was refused to them"));
    }

    @Override
    public RecordCursor cursor(ConnectorTransactionHandle transaction, ConnectorSession session, TupleDomain<Integer> constraint) {
        QueryContext query = authorization.query(session);
        AuditScope scope = scope(query);
        List<Type> types = COLUMNS.stream().map(ColumnMetadata::getType).collect(toImmutableList());
        Optional<AuditRange> range = range(constraint, scope);
        Iterable<List<@Nullable Object>> rows = range
                .<Iterable<List<@Nullable Object>>>map(asked -> () -> Iterators.transform(entries(scope, asked), AuditTable::row))
                .orElse(ImmutableList.of());
        return new InMemoryRecordSet(types, rows).cursor();
    }

    private AuditScope scope(QueryContext query) {
        if (authorization.isAuditor(query.asker())) {
            return new AuditScope.All();
        }
        Set<ObjectName> owned = query.snapshot().dataSources().stream()
                .filter(dataSource -> dataSource.owners().contains(query.asker().user(), query.asker().groups()))
                .map(DataSource::objectName).collect(toImmutableSet());
        return new AuditScope.Of(query.asker().user(), owned);
    }

    /// Empty when no row can be asked for.
    private static Optional<AuditRange> range(TupleDomain<Integer> constraint, AuditScope scope) {
        if (constraint.isNone()) {
            return Optional.empty();
        }
        Map<Integer, Domain> domains = constraint.getDomains().orElseThrow();
        Optional<Range> span = Optional.ofNullable(domains.get(TIME_COLUMN)).map(Domain::getValues).filter(values -> !values.isNone())
                .map(values -> values.getRanges().getSpan());
        // what it owns nobody reads but by its own events
        Optional<String> reader = scope instanceof AuditScope.Of of && of.owned().isEmpty() ? Optional.of(of.user()) : Optional.empty();
        Optional<String> user = Optional.ofNullable(domains.get(USER_COLUMN)).filter(Domain::isSingleValue)
                .map(domain -> ((Slice) domain.getSingleValue()).toStringUtf8());
        return Optional.of(new AuditRange(
                span.flatMap(Range::getLowValue).map(AuditTable::instant),
                // the log is finer than milliseconds
                span.flatMap(Range::getHighValue).map(value -> instant(value).plusMillis(1)),
                user.or(() -> reader)));
    }

    private Iterator<AuditEntry> entries(AuditScope scope, AuditRange range) {
        return new AbstractIterator<>() {
            private Iterator<AuditEntry> page = ImmutableList.<AuditEntry>of().iterator();
            private Optional<AuditEvent> last = Optional.empty();
            private boolean started;

            @Override
            @Nullable
            protected AuditEntry computeNext() {
                if (!page.hasNext() && (!started || last.isPresent())) {
                    page = page(scope, range, last).iterator();
                    started = true;
                }
                if (!page.hasNext()) {
                    return endOfData();
                }
                AuditEntry entry = page.next();
                last = Optional.of(entry.event());
                return entry;
            }
        };
    }

    private List<AuditEntry> page(AuditScope scope, AuditRange range, Optional<AuditEvent> after) {
        try {
            return store.audit().page(scope, range, after, PAGE);
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(AuditEntry entry) {
        AuditEvent event = entry.event();
        List<@Nullable Object> row = new ArrayList<>();
        row.add(packed(event.happenedAt()));
        row.add(event.kind().logName());
        row.add(entry.node().orElse(null));
        FIELDS.forEach(field -> row.add(event.value(field).map(value -> value(field, value)).orElse(null)));
        row.add(entry.changes().orElse(null));
        row.add(event.id().toString());
        return row;
    }

    private static Object value(AuditField field, Object value) {
        return switch (field.type()) {
            case TEXT, JSON, NUMBER, FLAG -> value;
            case TIME -> packed((Instant) value);
            case TEXTS -> {
                List<?> texts = (List<?>) value;
                BlockBuilder block = VARCHAR.createBlockBuilder(null, texts.size());
                texts.forEach(text -> VARCHAR.writeString(block, (String) text));
                yield block.build();
            }
        };
    }

    private static Type type(AuditField field) {
        return switch (field.type()) {
            case TEXT, JSON -> VARCHAR;
            case NUMBER -> BIGINT;
            case FLAG -> BOOLEAN;
            case TIME -> TIMESTAMP_TZ_MILLIS;
            case TEXTS -> new ArrayType(VARCHAR);
        };
    }

    private static long packed(Instant instant) {
        return packDateTimeWithZone(instant.toEpochMilli(), UTC_KEY);
    }

    private static Instant instant(Object packed) {
        return Instant.ofEpochMilli(unpackMillisUtc((long) packed));
    }
}
