package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadExecutor;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Uninterruptibles;
import io.airlift.log.Logger;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.enforcement.ViewRegistry;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import io.github.trinopolicy.store.StoreTransaction;
import io.trino.spi.type.TypeManager;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/// Approves the columns of views in governed schemas when Trino has made them, and forgets them when it has dropped them, so that a table
/// of the same name starts with nothing approved. Should the store be out of reach just then, the columns stay NULL until an owner
/// approves them.
public final class ViewApprovals implements ViewRegistry, AutoCloseable {
    private static final Logger log = Logger.get(ViewApprovals.class);

    private static final Set<Category> RETRIED = ImmutableSet.of(Category.UNREACHABLE, Category.UNKNOWN_OUTCOME);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    // one thread: a view that is dropped and made again is forgotten and approved in this order
    private final ExecutorService executor = newSingleThreadExecutor(daemonThreadsNamed("policy-views-%s"));
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final DataKeyMaker keyMaker;
    private final TypeManager typeManager;

    public ViewApprovals(PolicyStore store, SnapshotRefresher snapshots, DataKeyMaker keyMaker, TypeManager typeManager) {
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
        change("create view", view, user, transaction -> {
            List<Column> approved = columns.stream()
                    .map(column -> new Column(column.name().toLowerCase(ENGLISH), typeManager.fromSqlType(column.type())))
                    .collect(toImmutableList());
            // what was approved for an earlier view of the name does not hold for this one
            Optional<KnownTable> before = transaction.table(view).map(known -> new KnownTable(known.id(), view, ImmutableMap.of()));
            KnownTable known = KnownTables.approve(before, view, approved);
            transaction.saveTable(known);
            keyMaker.ensureKeys(transaction, KeyFamily.HASH, ImmutableList.of(known.id()));
        });
    }

    @Override
    public void dropped(ObjectName view, String user) {
        // not asked of the snapshot: an approval may still be on its way there
        if (snapshots.latest().isGoverned(view)) {
            change("drop view", view, user, transaction -> transaction.table(view).ifPresent(known -> transaction.removeTable(known.id())));
        }
    }

    @Override
    public void renamed(ObjectName view, ObjectName newName, String user) {
        change("rename view", view, user, transaction -> transaction.table(view).ifPresent(known -> {
            transaction.table(newName).ifPresent(earlier -> transaction.removeTable(earlier.id()));
            transaction.renameTable(known.id(), newName);
        }));
    }

    private void change(String action, ObjectName view, String user, Consumer<StoreTransaction> edit) {
        Act act = new Act(user, Optional.empty(), Optional.of(view.toString()), action);
        executor.execute(() -> {
            while (!attempt(act, view, edit)) {
                // what was approved for a view must not last for a table of its name, so this is tried until the store is back
                Uninterruptibles.sleepUninterruptibly(RETRY_PAUSE);
            }
        });
    }

    /// False when it is worth another try.
    private boolean attempt(Act act, ObjectName view, Consumer<StoreTransaction> edit) {
        try {
            store.change(act, transaction -> {
                edit.accept(transaction);
                return view;
            });
            snapshots.refreshSoon();
            return true;
        }
        catch (PolicyStoreException e) {
            log.warn(e, "%s %s: its columns cannot be recorded yet", act.action(), view);
            // done once or twice, the edits come to the same
            return !RETRIED.contains(e.category()) || executor.isShutdown();
        }
        catch (RuntimeException e) {
            log.error(e, "%s %s: its columns could not be recorded", act.action(), view);
            return true;
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
