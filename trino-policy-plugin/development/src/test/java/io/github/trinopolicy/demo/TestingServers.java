package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.PrivateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives test classes a PostgreSQL server and a governed cluster that all of them share, since starting them takes half a minute. They are
/// started for the first class that asks, and end with the last test. Tests leave the sample data and policies as they found them.
public final class TestingServers implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TestingServers.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type.equals(PostgresProcess.class) || type.equals(TestingGovernedCluster.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        Shared postgres = store.computeIfAbsent(PostgresProcess.class, _ -> Shared.of(TestingServers::startPostgres), Shared.class);
        if (parameter.getParameter().getType().equals(PostgresProcess.class)) {
            return postgres.server();
        }
        // asked for later than the database, and therefore closed earlier
        return store.computeIfAbsent(TestingGovernedCluster.class, _ -> Shared.of(
                directory -> TestingGovernedCluster.start(directory, ((PostgresProcess) postgres.server()).database())), Shared.class)
                .server();
    }

    private static PostgresProcess startPostgres(Path directory) throws Exception {
        return PostgresProcess.start(directory.resolve("home"), directory.resolve("work"));
    }

    /// A server with its directory. Closed by JUnit.
    private record Shared(AutoCloseable server, Path directory) implements AutoCloseable {
        Shared {
            requireNonNull(server, "server is null");
            requireNonNull(directory, "directory is null");
        }

        static Shared of(Start start) {
            try {
                Path directory = Files.createTempDirectory("trino-policy-test-");
                return new Shared(start.in(directory), directory);
            }
            catch (Exception e) {
                throw new IllegalStateException("a server for tests did not start", e);
            }
        }

        @Override
        public void close() throws Exception {
            server.close();
            PrivateDirectory.delete(directory);
        }
    }

    private interface Start {
        AutoCloseable in(Path directory) throws Exception;
    }
}
