package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadExecutor;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Uninterruptibles;
import io.airlift.log.Logger;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.enforcement.NameChange;
import io.github.trinopolicy.enforcement.NameChange.ColumnAdded;
import io.github.trinopolicy.enforcement.NameChange.ColumnRenamed;
import io.github.trinopolicy.enforcement.NameChange.Renamed;
import io.github.trinopolicy.enforcement.ObjectRegistry;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoreVersion;
import io.trino.spi.QueryId;
import io.trino.spi.type.TypeManager;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// Records what Trino has done to objects, however long it takes. Approves the columns of views in governed schemas when Trino has made them,
/// and forgets them when it has dropped them, so that a table of the same name starts with nothing approved. Lets what is known of an object
/// follow its name.
public final class EventualRegistry implements ObjectRegistry, AutoCloseable {
    /// The act by which what is known of an object follows its name.
    static final String RENAME = "rename";

    private static final Logger log = Logger.get(EventualRegistry.class);

    private static final Set<Category> RETRIED = ImmutableSet.of(Category.UNREACHABLE, Category.UNKNOWN_OUTCOME, Category.UNABLE);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    // one thread: a view that is dropped and made again is forgotten and approved in this order
    private final ExecutorService executor = newSingleThreadExecutor(daemonThreadsNamed("policy-objects-%s"));
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final DataKeyMaker keyMaker;
    private final TypeManager typeManager;
    private final NameFollower follower = new NameFollower();

    public EventualRegistry(PolicyStore store, SnapshotRefresher snapshots, DataKeyMaker keyMaker, TypeManager typeManager) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.keyMaker = requireNonNull(keyMaker, "keyMaker is null");
        this.typeManager = requireNonNull(typeManager, "typeManager is null");
    }

    @Override
    public void created(ObjectName view, List<ViewColumn> columns, String user) {
        if (!snapshots.latest().isGoverned(view)) {
            return;
        }
        record("create view", view, user, transaction -> {
            List<Column> approved = columns.stream()
                    .map(column -> new Column(column.name().toLowerCase(ENGLISH), typeManager.fromSqlType(column.type())))
                    .collect(toImmutableList());
            // what was approved for an earlier view of the name does not hold for this one
            Optional<KnownTable> before = transaction.table(view).map(known -> new KnownTable(known.id(), view, ImmutableMap.of()));
            KnownTable known = KnownTables.approve(before, view, approved);
            transaction.saveTable(known);
            ensureKeys(transaction, known);
        });
    }

    private void ensureKeys(StoreTransaction transaction, KnownTable view) {
        try {
            DataKeyMaker.OF_EACH_TABLE.forEach(family -> keyMaker.ensureKeys(transaction, family, ImmutableList.of(view.id())));
        }
        catch (KeyWrappingException e) {
            // the approval must not be lost; keys are made up for by the upkeep of keys
            log.warn("View %s has not all of its keys yet: %s", view.name(), e.getMessage());
        }
    }

    @Override
    public void dropped(ObjectName view, String user) {
        // not asked of the snapshot: an approval may still be on its way there
        if (snapshots.latest().isGoverned(view)) {
            record("drop view", view, user, transaction -> transaction.table(view).ifPresent(known -> transaction.removeTable(known.id())));
        }
    }

    @Override
    public void changed(QueryId query, NameChange change, String user, LongConsumer settled) {
        Act act = new Act(user, Optional.of(formerName(change)), Optional.of("%s by query %s".formatted(meaning(change), query)), RENAME);
        record(act, transaction -> {
            // when nobody knows whether the last attempt came through
            if (!transaction.isDone(act)) {
                follower.follow(transaction, change);
            }
            schemaEvent(query, change, user).ifPresent(transaction::record);
        }, settled);
    }

    @Override
    public void altered(SchemaEvent event) {
        if (snapshots.latest().isGoverned(event.object())) {
            // makes no version, so its act is of the log alone
            record("note " + event.kind(), event.object(), event.user().orElseThrow(), transaction -> transaction.record(event));
        }
    }

    private static Optional<SchemaEvent> schemaEvent(QueryId query, NameChange change, String user) {
        return switch (change) {
            case Renamed renamed -> Optional.of(new SchemaEvent(SchemaEventKind.RENAMED_TABLE, renamed.object(), Optional.empty(),
                    Optional.of(renamed.object().toString()), Optional.of(renamed.newName().toString()), Optional.of(user),
                    Optional.of(query.id()), OptionalLong.empty()));
            case ColumnRenamed renamed -> Optional.of(new SchemaEvent(SchemaEventKind.RENAMED_COLUMN, renamed.table(),
                    Optional.of(renamed.column()), Optional.of(renamed.column()), Optional.of(renamed.newName()), Optional.of(user),
                    Optional.of(query.id()), OptionalLong.empty()));
            case ColumnAdded _ -> Optional.empty();
        };
    }

    private static String formerName(NameChange change) {
        return switch (change) {
            case Renamed renamed -> renamed.object().toString();
            case ColumnRenamed renamed -> name(renamed.table(), renamed.column());
            case ColumnAdded added -> name(added.table(), added.column());
        };
    }

    private static String meaning(NameChange change) {
        return switch (change) {
            case Renamed renamed -> "renamed to " + renamed.newName();
            case ColumnRenamed renamed -> "renamed to " + name(renamed.table(), renamed.newName());
            case ColumnAdded _ -> "name taken by a new column";
        };
    }

    private static String name(ObjectName table, String column) {
        return new ColumnName(table, column, ImmutableList.of()).toString();
    }

    private void record(String action, ObjectName view, String user, Consumer<StoreTransaction> edit) {
        record(new Act(user, Optional.empty(), Optional.of(view.toString()), action), edit, _ -> {
        });
    }

    /// @param settled gets the version in which the edit was made
    private void record(Act act, Consumer<StoreTransaction> edit, LongConsumer settled) {
        executor.execute(() -> {
            // what was approved for an object must not last for another one of its name, so this is tried until the store is back
            while (!attempt(act, edit, settled)) {
                Uninterruptibles.sleepUninterruptibly(RETRY_PAUSE);
            }
        });
    }

    /// False when it is worth another try.
    private boolean attempt(Act act, Consumer<StoreTransaction> edit, LongConsumer settled) {
        try {
            StoreVersion version = store.change(act, transaction -> {
                edit.accept(transaction);
                return act;
            }).version();
            awaitHere(version);
            settled.accept(version.version());
            return true;
        }
        catch (PolicyStoreException e) {
            log.warn(e, "%s: it cannot be recorded yet", describe(act));
            // done once or twice, the edits come to the same
            return !RETRIED.contains(e.category()) || executor.isShutdown();
        }
        catch (RuntimeException e) {
            log.error(e, "%s: it could not be recorded; a renamed object stays closed on this node until it is restarted", describe(act));
            return true;
        }
    }

    /// So that whoever did it finds it done.
    private void awaitHere(StoreVersion version) {
        try {
            snapshots.await(version);
        }
        catch (IllegalStateException e) {
            log.warn(e, "Version %s is not taken up by this node yet", version.version());
        }
    }

    private static String describe(Act act) {
        return Stream.of(Optional.of(act.action()), act.source(), act.reason()).flatMap(Optional::stream).collect(joining(" "));
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
