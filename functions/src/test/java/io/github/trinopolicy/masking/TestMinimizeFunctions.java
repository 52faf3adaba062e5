package io.github.trinopolicy.masking;

import static io.trino.testing.TestingSession.testSession;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.Purpose;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.RealType;
import io.trino.spi.type.RowType;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Through SQL with the real engine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestMinimizeFunctions {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID OTHER_KEY_ID = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
    private static final DataKey OTHER_KEY = DataKey.copyOf("fedcba9876543210fedcba9876543210".getBytes(UTF_8));
    private static final int ROWS = 10_000;
    private static final String NUMBERS = "FROM UNNEST(sequence(1, %s)) t(x)".formatted(ROWS);

    private final MaskingFunctions functions = new MaskingFunctions(new TestingKeyRing().put(KEY_ID, KEY).put(OTHER_KEY_ID, OTHER_KEY),
            new TestingValueSets());
    private QueryRunner runner;

    @BeforeAll
    void start() {
        runner = new StandaloneQueryRunner(testSession());
        runner.installPlugin(new TestingMaskingPlugin(functions));
        runner.createCatalog("policy", TestingMaskingPlugin.CONNECTOR, ImmutableMap.of());
    }

    @AfterAll
    void stop() {
        runner.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 10, 33.3, 50, 99})
    void testShareIsWithinFourSigma(double percent) {
        double share = percent / 100;
        double sigma = Math.sqrt(ROWS * share * (1 - share));
        assertThat((double) shown("x", percent, KEY_ID).size()).isBetween(ROWS * share - 4 * sigma, ROWS * share + 4 * sigma);
        assertThat((double) shown("'customer ' || CAST(x AS varchar)", percent, KEY_ID).size())
                .isBetween(ROWS * share - 4 * sigma, ROWS * share + 4 * sigma);
    }

    @Test
    void testHigherPercentageOnlyAddsRows() {
        Set<Object> shown = Set.of();
        for (double percent : new double[]{1e-300, 0.1, 1, 1.0001, 10, 60, 99.9, 100}) {
            Set<Object> more = shown("x", percent, KEY_ID);
            assertThat(more).containsAll(shown);
            shown = more;
        }
        assertThat(shown).hasSize(ROWS);
        assertThat(shown("x", 1e-300, KEY_ID)).isEmpty();
        assertThat(shown("x", 0, KEY_ID)).isEmpty();
        assertThat(shown("x", -1, KEY_ID)).isEmpty();
    }

    @Test
    void testSameRowsEachTimeAndOthersUnderAnotherKey() {
        Set<Object> shown = shown("x", 50, KEY_ID);
        assertThat(shown("x", 50, KEY_ID)).isEqualTo(shown);
        long both = shown("x", 50, OTHER_KEY_ID).stream().filter(shown::contains).count();
        // independent: a quarter, within four sigma
        assertThat((double) both).isBetween(2_500 - 4 * 43.4, 2_500 + 4 * 43.4);
    }

    /// The rows do not follow from the hashes of the same values, which users may see.
    @Test
    void testIndependentOfHashesUnderTheSameKey() {
        long low = (long) runner.execute(("SELECT count(*) %s WHERE policy.masking.minimize(ROW(x), '%s', 5E1) "
                + "AND policy.masking.hash(x, '%s') >= 0").formatted(NUMBERS, KEY_ID, KEY_ID)).getOnlyValue();
        assertThat((double) low).isBetween(2_500 - 4 * 43.4, 2_500 + 4 * 43.4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "varchar 'ab' | 01 00000002 6162",
            "CAST('ab' AS char(5)) | 01 00000002 6162",
            "varchar '' | 01 00000000",
            "tinyint '-1' | 02 00000008 ffffffffffffffff",
            "smallint '-1' | 02 00000008 ffffffffffffffff",
            "integer '-1' | 02 00000008 ffffffffffffffff",
            "bigint '-1' | 02 00000008 ffffffffffffffff",
            "X'6162' | 03 00000002 6162",
            "true | 04 00000008 0000000000000001",
            "date '1970-01-02' | 05 00000008 0000000000000001",
            "uuid '12151fd2-7586-11e9-8f9e-2a86e4085a59' | 06 00000010 12151fd2758611e98f9e2a86e4085a59",
            "decimal '-0.01' | 07 00000014 00000002 ffffffffffffffffffffffffffffffff",
            "CAST(-0.01 AS decimal(38, 2)) | 07 00000014 00000002 ffffffffffffffffffffffffffffffff",
            "timestamp '1970-01-01 00:00:01.5' | 08 0000000c 000000000016e360 00000000",
            "timestamp '1970-01-01 00:00:01.500000000' | 08 0000000c 000000000016e360 00000000",
            "timestamp '1970-01-01 00:00:00.000000000001' | 08 0000000c 0000000000000000 00000001",
            "timestamp '1970-01-01 01:00:01 +01:00' | 09 0000000c 00000000000003e8 00000000",
            "timestamp '1970-01-01 00:00:01.000000 UTC' | 09 0000000c 00000000000003e8 00000000",
            "ROW(1, '2') | 02 00000008 0000000000000001 01 00000001 32"})
    void testRowKey(String value, String bytes) {
        String row = value.startsWith("ROW") ? value : "ROW(%s)".formatted(value);
        double position = position(bytes.replace(" ", ""));
        assertThat(minimize(row, position * 1.000001)).describedAs("above").isEqualTo(true);
        assertThat(minimize(row, position * 0.999999)).describedAs("below").isEqualTo(false);
    }

    /// Moving a character from one column to the next makes another key.
    @Test
    void testColumnsDoNotRunTogether() {
        Set<Object> places = Stream.of("ROW('ab', 'c')", "ROW('a', 'bc')", "ROW('abc', '')", "ROW('abc')", "ROW('c', 'ab')")
                .map(row -> runner
                        .execute(("SELECT count_if(policy.masking.minimize(%s, '%s', x / 100e0)) " + NUMBERS).formatted(row, KEY_ID))
                        .getOnlyValue())
                .collect(Collectors.toSet());
        assertThat(places).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROW(CAST(NULL AS bigint))", "ROW(1, CAST(NULL AS varchar))", "CAST(ROW(NULL) AS row(decimal(38, 2)))"})
    void testRowWithoutAWholeKeyIsHidden(String row) {
        assertThat(minimize(row, 100)).isEqualTo(false);
    }

    @Test
    void testTypesWithoutAKey() {
        assertThat(RowKey.serves(BigintType.BIGINT)).isTrue();
        assertThat(RowKey.serves(DoubleType.DOUBLE)).isFalse();
        assertThat(RowKey.serves(RealType.REAL)).isFalse();
        assertThat(RowKey.serves(RowType.anonymousRow(BigintType.BIGINT))).isFalse();
        assertThatThrownBy(() -> minimize("ROW(1e0)", 10)).hasMessageContaining("A row key does not serve row(double)");
    }

    @Test
    void testMissingKeyFails() {
        UUID missing = UUID.fromString("00000000-0000-4000-8000-000000000003");
        assertThatThrownBy(() -> shown("x", 10, missing)).hasMessage("This node has no data key " + missing);
    }

    @Test
    void testMetadata() {
        List<FunctionMetadata> all = List.copyOf(functions.getFunctions(new SchemaFunctionName("masking", "minimize")));
        assertThat(all).singleElement().satisfies(metadata -> assertThat(metadata.isHidden()).isTrue(),
                metadata -> assertThat(metadata.isDeterministic()).isTrue());
    }

    private Object minimize(String row, double percent) {
        return runner.execute("SELECT policy.masking.minimize(%s, '%s', DOUBLE '%s')".formatted(row, KEY_ID, percent)).getOnlyValue();
    }

    private Set<Object> shown(String value, double percent, UUID keyId) {
        return runner
                .execute("SELECT x %s WHERE policy.masking.minimize(ROW(%s), '%s', DOUBLE '%s')".formatted(NUMBERS, value, keyId, percent))
                .getOnlyColumnAsSet();
    }

    /// The percentage at which a row with this key is just not shown.
    private static double position(String hex) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.derive(Purpose.MINIMIZE, Optional.empty()), "HmacSHA256"));
            long position = ByteBuffer.wrap(mac.doFinal(HexFormat.of().parseHex(hex))).getLong() >>> 1;
            return position / 0x1p63 * 100;
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
