package io.github.trinopolicy.demo;

import static io.trino.testing.TestingSession.testSessionBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.inject.Key;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.metadata.HandleResolver;
import io.trino.server.PluginClassLoader;
import io.trino.server.PluginManager;
import io.trino.spi.Plugin;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How often masking functions are evaluated over Parquet files whose columns have dictionaries.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestingServers.class)
final class TestDictionaries {
    private static final Path ICEBERG = Path.of("..", "lake", "target", "plugin", "iceberg");
    private static final int ROWS = 20_000;
    private static final int VALUES = 50;
    private static final String KEY = "'8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11'";
    private static final String COLUMN = "'6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa'";

    private final TestingCountedFunctions functions = new TestingCountedFunctions(
            new MaskingFunctions(_ -> DataKey.copyOf(new byte[DataKey.LENGTH]), reference -> {
                throw new AssertionError("no set is needed: " + reference);
            }));
    private final Database postgres;
    private PluginClassLoader iceberg;
    private QueryRunner runner;

    TestDictionaries(PostgresProcess postgres) {
        this.postgres = postgres.database();
    }

    @BeforeAll
    void start(@TempDir Path warehouse) throws Exception {
        // as the engine loads it from its directory
        iceberg = PluginManager.createClassLoader("iceberg", jars());
        // one writer makes one file, so one dictionary for each column
        runner = new StandaloneQueryRunner(testSessionBuilder()
                .setSystemProperty("task_min_writer_count", "1").setSystemProperty("task_max_writer_count", "1").build());
        runner.getCoordinator().getInstance(Key.get(HandleResolver.class)).registerClassLoader(iceberg);
        ServiceLoader.load(Plugin.class, iceberg).forEach(runner::installPlugin);
        try (Connection connection = postgres.connect(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE dictionaries");
        }
        Lake lake = new Lake(new Database(postgres.url().replaceFirst("/[^/]*$", "/dictionaries"), postgres.user(), postgres.password()),
                warehouse);
        lake.prepare();
        runner.createCatalog("lake", "iceberg", Maps.filterKeys(lake.catalogProperties(), key -> !key.equals("connector.name")));
        runner.installPlugin(functions);
        runner.createCatalog("counted", TestingCountedFunctions.CONNECTOR, ImmutableMap.of());
        runner.execute("CREATE SCHEMA lake.shop");
        runner.execute("""
                CREATE TABLE lake.shop.customer WITH (format = 'PARQUET') AS
                SELECT
                    'someone.' || CAST(n %% %2$s AS varchar) || '@example.com' AS email,
                    CAST(40128888 + n %% %2$s AS varchar) AS card,
                    CAST(n %% %2$s AS bigint) AS number
                FROM UNNEST(sequence(1, 100)) AS a (m) CROSS JOIN UNNEST(sequence(m * %1$s + 1, m * %1$s + %1$s)) AS b (n)
                """.formatted(ROWS / 100, VALUES));
        assertThat(query("SELECT count(*), count(DISTINCT email) FROM lake.shop.customer")).containsExactly((long) ROWS, (long) VALUES);
        assertThat(query("SELECT count(*) FROM lake.shop.\"customer$files\"")).containsExactly(1L);
    }

    @AfterAll
    void stop() throws Exception {
        runner.close();
        iceberg.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "hash(email, KEY)",
            "format_preserving(card, KEY, COLUMN, 'digits')",
            "reversible_equal(email, KEY, COLUMN)"})
    void testDeterministicMaskIsEvaluatedOncePerValue(String call) {
        assertThat(maskedValues(call)).isEqualTo(VALUES);
        // Trino's reader gives the dictionary of a column that may be NULL one entry more
        assertThat(functions.takeCalls()).isBetween((long) VALUES, VALUES + 1L);
    }

    /// Trino's reader hands out dictionaries of texts alone.
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"hash(number, KEY)", "format_preserving(number, KEY, COLUMN)"})
    void testNumbersHaveNoDictionary(String call) {
        assertThat(maskedValues(call)).isEqualTo(VALUES);
        assertThat(functions.takeCalls()).isEqualTo(ROWS);
    }

    /// One token for all equal values would be what the mode promises not to give.
    @Test
    void testRandomTokensAreMadePerRow() {
        assertThat(maskedValues("reversible_random(email, KEY, COLUMN)")).isEqualTo(ROWS);
        assertThat(functions.takeCalls()).isEqualTo(ROWS);
    }

    /// Two columns have no dictionary in common.
    @Test
    void testTokensOfCellsAreMadePerRow() {
        assertThat(maskedValues("reversible(email, KEY, COLUMN, ROW(number))")).isEqualTo(VALUES);
        assertThat(functions.takeCalls()).isEqualTo(ROWS);
    }

    private long maskedValues(String call) {
        assertThat(functions.takeCalls()).as("calls before the query").isZero();
        String mask = "counted.masking." + call.replace("KEY", KEY).replace("COLUMN", COLUMN);
        List<Object> counts = query("SELECT count(masked), count(DISTINCT masked) FROM (SELECT %s AS masked FROM lake.shop.customer)"
                .formatted(mask));
        assertThat(counts.getFirst()).isEqualTo((long) ROWS);
        return (long) counts.getLast();
    }

    private List<Object> query(String sql) {
        return runner.execute(sql).getMaterializedRows().getFirst().getFields();
    }

    private static List<URL> jars() throws Exception {
        ImmutableList.Builder<URL> jars = ImmutableList.builder();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ICEBERG, "*.jar")) {
            for (Path file : files) {
                jars.add(file.toUri().toURL());
            }
        }
        return jars.build();
    }
}
