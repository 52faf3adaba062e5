package io.github.trinopolicy.store;

import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Policies are read where they are written. A standby may lag, and would answer in a fresh voice with what has been revoked since.
final class PrimaryServer {
    private PrimaryServer() {
    }

    /// @throws PolicyStoreException when the connection leads to a standby, or is lost
    static void require(Connection connection, StoreLocation location) {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            rows.next();
            if (rows.getBoolean(1)) {
                throw new PolicyStoreException(Category.UNREACHABLE,
                        "%s answers from a standby, which may not know of the newest changes: name the primary, or all servers with targetServerType=primary, in policy.store.url"
                                .formatted(location));
            }
        }
        catch (SQLException e) {
            throw location.failure(e);
        }
    }
}
