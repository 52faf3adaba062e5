package io.github.trinopolicy.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.base.Stopwatch;
import io.airlift.log.Logger;
import io.airlift.units.Duration;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import io.github.trinopolicy.store.StoreMigration.Distance;

/// Opens the policy store that is configured. Each method fails at once, with one sentence, when the database cannot be reached,
/// refuses the user, or is too old or too new.
public final class PolicyStoreFactory {
    private static final Logger log = Logger.get(PolicyStoreFactory.class);
    private static final long POLL_MILLIS = 200;

    private final StoreLocation location;
    private final int maxConnections;
    private final Duration migrationTimeout;

    public PolicyStoreFactory(StoreConfig config) {
        location = new StoreLocation(config);
        maxConnections = config.getMaxConnections();
        migrationTimeout = config.getMigrationTimeout();
    }

    /// Creates or upgrades the schema first: for coordinators.
    public PolicyStore migrateAndOpen() {
        return migrateAndOpen(ActListener.NONE);
    }

    /// Creates or upgrades the schema first: for coordinators.
    ///
    /// @param acts hears of what is changed through this store
    public PolicyStore migrateAndOpen(ActListener acts) {
        StoreMigration migration = new StoreMigration(location);
        migration.checkServer();
        migration.migrate();
        return open(migration, acts);
    }

    /// Waits until a coordinator has created or upgraded the schema: for workers. Writes nothing.
    public PolicyStore awaitMigrationAndOpen() {
        StoreMigration migration = new StoreMigration(location);
        migration.checkServer();
        Stopwatch waiting = Stopwatch.createStarted();
        Distance distance = migration.distance();
        while (distance == Distance.BEHIND) {
            if (waiting.elapsed(MILLISECONDS) > migrationTimeout.toMillis()) {
                throw new PolicyStoreException(
                        Category.INCOMPATIBLE,
                        "%s was not migrated to the version of this plugin within %s: start a coordinator with the same version and store"
                                .formatted(location, migrationTimeout));
            }
            pause();
            distance = migration.distance();
        }
        if (distance == Distance.AHEAD) {
            throw migration.ahead();
        }
        // workers administer nothing
        return open(migration, ActListener.NONE);
    }

    /// Runs `onChange` on each change that any node commits; see [ChangeListener].
    public ChangeListener listen(Runnable onChange) {
        return ChangeListener.start(location, onChange);
    }

    private PolicyStore open(StoreMigration migration, ActListener acts) {
        if (!location.isVerified()) {
            log.warn("Nobody verifies who answers as the %s, though the answers decide who sees what: "
                    + "add sslmode=verify-full and sslrootcert to policy.store.url", location);
        }
        return new PolicyStore(new StoreDatabase(location, maxConnections), migration.newest(), acts);
    }

    private void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyStoreException(
                    Category.INCOMPATIBLE, "waiting for the migration of the %s was interrupted".formatted(location), e);
        }
    }
}
