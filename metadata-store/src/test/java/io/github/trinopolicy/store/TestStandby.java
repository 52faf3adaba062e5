package io.github.trinopolicy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.store.PolicyStoreException.Category;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestStandby {
    private static final String MESSAGE = "answers from a standby, which may not know of the newest changes: "
            + "name the primary, or all servers with targetServerType=primary, in policy.store.url";

    /// The server changes under an open store, as after a failover to a host that the name of the old one leads to.
    @Test
    @DisplayName("Invariant 4: a standby that lags is no store to decide by")
    void testStandbyIsRefused(@TempDir Path directory) throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        PolicyStore store;
        StoreVersion version;
        StoreConfig config;
        int port;
        try (EmbeddedPostgres primary = server(data, 0)) {
            port = primary.getPort();
            config = new StoreConfig().setUrl(primary.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "")).setUser("postgres");
            store = new PolicyStoreFactory(config).migrateAndOpen();
            version = store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII"))).version();
        }
        Files.createFile(data.resolve("standby.signal"));
        try (EmbeddedPostgres standby = server(data, port); PolicyStore opened = store) {
            loseOldConnections(opened);
            assertThatThrownBy(opened::currentVersion).isInstanceOfSatisfying(PolicyStoreException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.UNREACHABLE)).hasMessageContaining(MESSAGE);
            PolicyStoreFactory factory = new PolicyStoreFactory(config);
            assertThatThrownBy(factory::migrateAndOpen).hasMessageContaining(MESSAGE);
            assertThatThrownBy(factory::awaitMigrationAndOpen).hasMessageContaining(MESSAGE);
            try (Connection connection = standby.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_promote()");
            }
            assertThat(opened.currentVersion()).isEqualTo(version);
        }
    }

    /// The first answers may be that the pooled ones were ended.
    private static void loseOldConnections(PolicyStore store) {
        for (int i = 0; i < 10; i++) {
            try {
                store.revisions(1);
            }
            catch (PolicyStoreException e) {
                assertThat(e).hasMessageContaining("cannot be reached");
            }
        }
    }

    /// @param port 0: a free one
    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder().setPort(port).setDataDirectory(data).setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofMinutes(1)).start();
    }
}
