package io.github.trinopolicy.store;

import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Strings;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

/// Brings the schema of the store to the version of this plugin, or tells how far it is from it.
final class StoreMigration {
    private static final int OLDEST_SERVER = 14;

    enum Distance {
        /// not there, or migrations are missing
        BEHIND,
        UP_TO_DATE,
        /// migrated by a newer plugin
        AHEAD,
    }

    private final StoreLocation location;
    private final DataSource dataSource;

    StoreMigration(StoreLocation location) {
        this.location = requireNonNull(location, "location is null");
        this.dataSource = location.dataSource();
    }

    /// @throws PolicyStoreException when the database cannot be reached, refuses the user or is too old
    void checkServer() {
        try (Connection connection = dataSource.getConnection()) {
            int version = connection.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST_SERVER) {
                throw new PolicyStoreException(
                        Category.INCOMPATIBLE,
                        "%s is on PostgreSQL %s: use PostgreSQL %s or newer".formatted(location, version, OLDEST_SERVER));
            }
            PrimaryServer.require(connection, location);
        }
        catch (SQLException e) {
            throw location.failure(e);
        }
    }

    /// Creates or upgrades the schema; several nodes may do so at once, one after the other.
    ///
    /// @throws PolicyStoreException when a newer plugin has migrated it
    void migrate() {
        try (Connection connection = dataSource.getConnection()) {
            // held until the connection closes; Flyway's own lock does not cover the creation of the schema
            lock(connection);
            Distance distance = distance();
            if (distance == Distance.AHEAD) {
                throw ahead();
            }
            flyway().migrate();
        }
        catch (SQLException e) {
            throw location.failure(e);
        }
        catch (FlywayException e) {
            throw refused(e);
        }
    }

    Distance distance() {
        try {
            MigrationInfo[] migrations = flyway().info().all();
            if (Stream.of(migrations).map(MigrationInfo::getState).anyMatch(StoreMigration::isAhead)) {
                return Distance.AHEAD;
            }
            boolean complete = Stream.of(migrations).map(MigrationInfo::getState).allMatch(MigrationState::isApplied);
            return complete ? Distance.UP_TO_DATE : Distance.BEHIND;
        }
        catch (FlywayException e) {
            throw refused(e);
        }
    }

    PolicyStoreException ahead() {
        return SchemaVersion.ahead(location);
    }

    /// What an up to date store has.
    SchemaVersion newest() {
        MigrationVersion newest = Stream.of(flyway().info().all())
                .filter(migration -> !isAhead(migration.getState()))
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .max(naturalOrder())
                .orElseThrow();
        return new SchemaVersion(location, newest.getVersion());
    }

    private static boolean isAhead(MigrationState state) {
        return state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED;
    }

    private void lock(Connection connection)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = " + location.requestTimeout().toMillis());
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_advisory_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "migration of policy store " + location.schema());
            try (ResultSet result = statement.executeQuery()) {
                result.next();
            }
        }
    }

    /// The class loader is named because Flyway would look for migrations in that of the thread, which may be Trino's.
    private Flyway flyway() {
        return Flyway.configure(StoreMigration.class.getClassLoader())
                .dataSource(dataSource)
                .schemas(location.schema())
                .createSchemas(true)
                .locations("classpath:db/policy")
                .failOnMissingLocations(true)
                .placeholderReplacement(false)
                .cleanDisabled(true)
                .load();
    }

    private PolicyStoreException refused(FlywayException cause) {
        return new PolicyStoreException(
                Category.REFUSED,
                "%s cannot be migrated in schema '%s': policy.store.user must own it, and it must hold nothing else (%s)"
                        .formatted(location, location.schema(), firstLine(cause)),
                cause);
    }

    private static String firstLine(FlywayException cause) {
        return Strings.nullToEmpty(cause.getMessage()).lines().findFirst().orElse("no details");
    }
}
