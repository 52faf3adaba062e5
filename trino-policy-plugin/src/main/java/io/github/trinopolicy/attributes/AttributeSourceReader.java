package io.github.trinopolicy.attributes;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.enforcement.ServiceUser;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.SourceQuery;
import io.github.trinopolicy.schedule.Cancellation;
import io.github.trinopolicy.schedule.Task;
import io.github.trinopolicy.schedule.WorkFailedException;
import io.github.trinopolicy.service.ServiceClient;
import io.github.trinopolicy.service.ServiceQuery;
import io.github.trinopolicy.service.ServiceQueryException;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Changed;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoreTransaction;
import io.trino.spi.StandardErrorCode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads attribute sources as the service user, and writes what differs from what they said last. Thread-safe.
public final class AttributeSourceReader {
    /// What Trino shows as the source and tag of the queries, for resource groups.
    public static final String QUERY_SOURCE = "policy-attribute-source";

    private static final Map<Integer, String> ERRORS = Stream.of(StandardErrorCode.values())
            .collect(toImmutableMap(code -> code.toErrorCode().getCode(), StandardErrorCode::name));

    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final ServiceUser serviceUser;
    private final ServiceClient client;
    private final BundleReader reader;
    private final Clock clock;

    public AttributeSourceReader(PolicyStore store, SnapshotRefresher snapshots, ServiceUser serviceUser, ServiceClient client,
            BundleReader reader, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.serviceUser = requireNonNull(serviceUser, "serviceUser is null");
        this.client = requireNonNull(client, "client is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /// One for each attribute source that there is now.
    public List<Task> tasks() {
        return snapshots.latest().sortedObjectsOf(Kind.ATTRIBUTE_SOURCE).stream().map(AttributeSource.class::cast)
                .map(source -> new Task(JobKind.ATTRIBUTE_SOURCE, source.name(), source.pin(), source.interval(),
                        snapshots.latest().reading(source).isEmpty(), (job, cancellation) -> read(source, job, cancellation)))
                .collect(toImmutableList());
    }

    private Task.Result read(AttributeSource source, long job, Cancellation cancellation) {
        Instant began = clock.instant();
        UserValues values = new UserValues(value -> allows(source, value));
        ask(source, cancellation, values);
        Changed<Integer> changed = store.change(
                new Act(QUERY_SOURCE, Optional.of(source.name()), Optional.empty(), "read_attributes"),
                transaction -> write(transaction, source, job, values, began));
        return new Task.Result(values.rows(), "%s, of %s others than before".formatted(values.summary(), changed.value()));
    }

    private void ask(AttributeSource source, Cancellation cancellation, UserValues values) {
        SourceQuery query;
        try {
            // it was checked when it was applied, by the rules of then
            query = SourceQuery.parse(source.query());
        }
        catch (PolicyTextException e) {
            throw new WorkFailedException("the query is not allowed: " + e.getMessage());
        }
        try (ServiceUser.Run run = serviceUser.begin(query.tables())) {
            client.run(new ServiceQuery(serviceUser.name(), run.credential(), QUERY_SOURCE, query.text()), cancellation, values);
        }
        catch (ServiceQueryException e) {
            throw new WorkFailedException(reason(e));
        }
    }

    /// @return of how many users the values differ
    private int write(StoreTransaction transaction, AttributeSource source, long job, UserValues values, Instant began) {
        boolean same = transaction.object(new ObjectKey(Kind.ATTRIBUTE_SOURCE, source.name(), Origin.BUNDLE))
                .map(stored -> (AttributeSource) reader.readStored(stored.document()))
                .filter(stored -> stored.pin().equals(source.pin()))
                .isPresent();
        if (!same || !transaction.isRunning(job)) {
            throw new WorkFailedException("cancelled, or changed while it was read");
        }
        AttributeReading reading = new AttributeReading(source.name(), source.pin(), began.plus(source.maxAge()));
        // where nobody's values differ, the time is written anew only when half of it is gone: not each run is a version
        boolean renewed = transaction.attributeReading(source.name())
                .filter(last -> last.pin().equals(reading.pin())
                        && !last.validUntil().isBefore(began.plus(source.maxAge().dividedBy(2))))
                .isEmpty();
        return transaction.saveAttributeReading(reading, values.of(source.name()), renewed);
    }

    /// For the count alone: each decision asks again.
    private boolean allows(AttributeSource source, String value) {
        return snapshots.latest().object(Kind.ATTRIBUTE, source.attribute()).map(Attribute.class::cast)
                .filter(attribute -> attribute.allows(value)).isPresent();
    }

    private static String reason(ServiceQueryException failure) {
        if (failure.errorCode().isEmpty()) {
            return "%s: check policy.fingerprint.trino-url, user, password and truststore".formatted(failure.getMessage());
        }
        int code = failure.errorCode().getAsInt();
        String error = Optional.ofNullable(ERRORS.get(code)).orElse("error " + code);
        String query = failure.queryId().map(" (query %s)"::formatted).orElse("");
        return error.equals(StandardErrorCode.PERMISSION_DENIED.name())
                ? "PERMISSION_DENIED%s: the query reads only the tables that it names; under a view, what the owner of the view may read"
                        .formatted(query)
                : "the query failed with %s%s; an administrator finds it in Trino by this number".formatted(error, query);
    }
}
