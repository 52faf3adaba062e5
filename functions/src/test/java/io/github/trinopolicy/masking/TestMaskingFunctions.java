package io.github.trinopolicy.masking;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.spi.StandardErrorCode.GENERIC_INTERNAL_ERROR;
import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.testing.TestingSession.testSession;
import static io.trino.type.UnknownType.UNKNOWN;
import static java.lang.invoke.MethodType.methodType;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.IntegerPermutation;
import io.github.trinopolicy.crypto.Purpose;
import io.trino.execution.Failure;
import io.trino.metadata.InternalFunctionDependencies;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.CatalogSchemaFunctionName;
import io.trino.spi.function.FunctionDependencies;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.SqlVarbinary;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import io.trino.testing.MaterializedResult;
import io.trino.testing.QueryFailedException;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Through SQL with the real engine, against HMACs that `javax.crypto.Mac` computes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestMaskingFunctions {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID OTHER_KEY_ID = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final UUID MISSING_KEY_ID = UUID.fromString("00000000-0000-4000-8000-000000000003");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
    private static final DataKey OTHER_KEY = DataKey.copyOf("fedcba9876543210fedcba9876543210".getBytes(UTF_8));
    private static final FunctionDependencies NO_DEPENDENCIES = new InternalFunctionDependencies((_, _) -> {
        throw new AssertionError("a masking function has no dependencies");
    }, ImmutableMap.of(), ImmutableSet.of());
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    private final TestingKeyRing keyRing = new TestingKeyRing().put(KEY_ID, KEY).put(OTHER_KEY_ID, OTHER_KEY);
    private final MaskingFunctions functions = new MaskingFunctions(keyRing, new TestingValueSets());
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
    @ValueSource(strings = {"", " ", "alice", "trailing  ", "Zoë 東京 🐘",
            "it is a value of more than one block of sixty-four bytes, surely it is"})
    void testVarchar(String value) {
        assertThat(hash("'%s'".formatted(value), "varchar")).isEqualTo(HexFormat.of().formatHex(hmac(1, value)));
    }

    @Test
    void testLongestVarchar() {
        String value = "x".repeat(1_000_000);
        assertThat(hash("rpad('', 1000000, 'x')", "varchar")).isEqualTo(HexFormat.of().formatHex(hmac(1, value)));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 100_000})
    void testLongVarcharIsHexadecimal(int length) {
        assertThat(hash("'alice'", "varchar(%s)".formatted(length))).isEqualTo(HexFormat.of().formatHex(hmac(1, "alice")));
    }

    @ParameterizedTest
    @ValueSource(ints = {26, 27, 63})
    void testShorterVarcharIsBase32Of130Bits(int length) {
        assertThat(hash("'alice'", "varchar(%s)".formatted(length))).isEqualTo(base32(hmac(1, "alice"), 26));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 25})
    void testShortVarcharIsBase32Of80Bits(int length) {
        assertThat(hash("'alice'", "varchar(%s)".formatted(length))).isEqualTo(base32(hmac(1, "alice"), 16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"varchar(15)", "varchar(5)", "char(15)", "char(5)"})
    void testTooShortForAnyHash(String type) {
        assertThat(hash("'alice'", type)).isNull();
    }

    @Test
    void testCharHashesLikeVarcharWithoutPadSpaces() {
        assertThat(hash("'alice'", "char(64)")).isEqualTo(HexFormat.of().formatHex(hmac(1, "alice")));
        assertThat(hash("'alice   '", "char(70)")).isEqualTo(HexFormat.of().formatHex(hmac(1, "alice")) + " ".repeat(6));
        assertThat(hash("'alice'", "char(63)")).isEqualTo(base32(hmac(1, "alice"), 26) + " ".repeat(37));
        assertThat(hash("'alice'", "char(26)")).isEqualTo(base32(hmac(1, "alice"), 26));
        assertThat(hash("'alice'", "char(25)")).isEqualTo(base32(hmac(1, "alice"), 16) + " ".repeat(9));
        assertThat(hash("'alice'", "char(16)")).isEqualTo(base32(hmac(1, "alice"), 16));
    }

    @Test
    void testVarbinary() {
        assertThat(hash("X'00ff10'", "varbinary")).isEqualTo(new SqlVarbinary(hmac(3, new byte[]{0, (byte) 0xff, 0x10})));
        assertThat(hash("X''", "varbinary")).isEqualTo(new SqlVarbinary(hmac(3, new byte[0])));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1_234_567_890_123L, Long.MIN_VALUE, Long.MAX_VALUE})
    void testBigint(long value) {
        byte[] hmac = hmac(2, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        assertThat(hash("'%s'".formatted(value), "bigint")).isEqualTo(ByteBuffer.wrap(hmac).getLong());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 1_234_567, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void testInteger(int value) {
        assertThat(hash("'%s'".formatted(value), "integer")).isEqualTo(new IntegerPermutation(KEY).permute(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"varchar", "varchar(64)", "varchar(3)", "char(30)", "varbinary", "bigint", "integer"})
    void testNull(String type) {
        assertThat(hash("NULL", type)).isNull();
        assertThat(value("SELECT policy.masking.hash(CAST(NULL AS %s), NULL)".formatted(type))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"varchar", "varchar(64)", "varchar(20)", "varchar(3)", "char(30)", "varbinary", "bigint", "integer"})
    void testResultHasTypeOfValue(String type) {
        assertThat(value("SELECT typeof(policy.masking.hash(CAST(NULL AS %s), '%s'))".formatted(type, KEY_ID))).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"double '1'", "date '2026-11-22'", "true", "ARRAY['x']"})
    void testOtherTypesAreNotHashed(String value) {
        assertThatThrownBy(() -> runner.execute("SELECT typeof(policy.masking.hash(%s, '%s'))".formatted(value, KEY_ID)))
                .hasMessageContaining("Unexpected parameters");
    }

    @Test
    void testKeysAreIndependent() {
        String sql = "SELECT policy.masking.hash(varchar 'alice', '%s') = policy.masking.hash(varchar 'alice', '%s')";
        assertThat(value(sql.formatted(KEY_ID, KEY_ID))).isEqualTo(true);
        assertThat(value(sql.formatted(KEY_ID, OTHER_KEY_ID))).isEqualTo(false);
    }

    /// Rows in tasks instead of constants in the planner.
    @Test
    void testManyRows() {
        MaterializedResult result = runner.execute("""
                SELECT n, policy.masking.hash(n, '%1$s'), policy.masking.hash(CAST(n AS varchar), '%1$s')
                FROM TABLE(sequence(1, 5000)) AS t(n)""".formatted(KEY_ID));
        assertThat(result.getMaterializedRows()).hasSize(5000).allSatisfy(row -> {
            long n = (long) row.getField(0);
            assertThat(row.getField(1)).isEqualTo(ByteBuffer.wrap(hmac(2, ByteBuffer.allocate(8).putLong(n).array())).getLong());
            assertThat(row.getField(2)).isEqualTo(HexFormat.of().formatHex(hmac(1, Long.toString(n))));
        });
    }

    /// Unnesting repeats the values of the other side by dictionary blocks.
    @Test
    void testDictionaryEncodedInput() {
        MaterializedResult result = runner.execute("""
                SELECT policy.masking.hash(name, '%s')
                FROM (SELECT CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN 'a' ELSE varchar 'b' END name FROM TABLE(sequence(1, 3)) AS t(n))
                CROSS JOIN UNNEST(sequence(1, 100)) AS u(i)""".replace("%s", KEY_ID.toString()));
        Map<Optional<Object>, Long> counts = result.getOnlyColumn()
                .collect(Collectors.groupingBy(Optional::ofNullable, Collectors.counting()));
        assertThat(counts).isEqualTo(Map.of(
                Optional.empty(), 100L,
                Optional.of(HexFormat.of().formatHex(hmac(1, "a"))), 100L,
                Optional.of(HexFormat.of().formatHex(hmac(1, "b"))), 100L));
    }

    @Test
    void testKeyIdOfEachRow() {
        MaterializedResult result = runner.execute("""
                SELECT policy.masking.hash(varchar 'alice', IF(n %% 2 = 0, '%s', '%s'))
                FROM TABLE(sequence(1, 4)) AS t(n)""".formatted(KEY_ID, OTHER_KEY_ID));
        assertThat(result.getOnlyColumn()).containsExactlyInAnyOrder(
                HexFormat.of().formatHex(hmac(KEY, 1, "alice".getBytes(UTF_8))),
                HexFormat.of().formatHex(hmac(KEY, 1, "alice".getBytes(UTF_8))),
                HexFormat.of().formatHex(hmac(OTHER_KEY, 1, "alice".getBytes(UTF_8))),
                HexFormat.of().formatHex(hmac(OTHER_KEY, 1, "alice".getBytes(UTF_8))));
    }

    @Test
    void testMissingKeyGivesErrorAndNoRow() {
        for (String type : List.of("varchar", "char(20)", "varbinary", "bigint", "integer")) {
            String sql = """
                    SELECT policy.masking.hash(CAST(CAST(n AS varchar) AS %s), '%s')
                    FROM TABLE(sequence(1, 5)) AS t(n)""".formatted(type, MISSING_KEY_ID);
            assertThatThrownBy(() -> runner.execute(sql))
                    .isInstanceOf(QueryFailedException.class)
                    .hasMessage("This node has no data key " + MISSING_KEY_ID)
                    .cause()
                    .satisfies(
                            e -> assertThat(((Failure) e).getFailureInfo().errorCode()).isEqualTo(GENERIC_INTERNAL_ERROR.toErrorCode()));
        }
    }

    @Test
    void testKeyThatVanishesStopsTheQuery() {
        UUID keyId = UUID.fromString("00000000-0000-4000-8000-000000000004");
        TestingKeyRing vanishing = new TestingKeyRing().put(keyId, KEY);
        HashFunction function = new HashFunction(vanishing, BigintType.BIGINT);
        Slice text = Slices.utf8Slice(keyId.toString());
        LongStream.range(0, CurrentKey.ROWS).forEach(value -> function.bigint(value, text));
        vanishing.remove(keyId);
        assertThatThrownBy(() -> function.bigint(1, text)).hasMessage("This node has no data key " + keyId);
        assertThatThrownBy(() -> function.bigint(1, text)).hasMessage("This node has no data key " + keyId);
    }

    @Test
    void testInvalidKeyId() {
        assertThatThrownBy(() -> runner.execute("SELECT policy.masking.hash(varchar 'alice', 'secret value')"))
                .hasMessage("The key id of a masking function must be a UUID in lower case");
    }

    @Test
    void testMetadata() {
        List<FunctionMetadata> all = hashFunctions();
        assertThat(all).hasSize(5).allSatisfy(metadata -> {
            assertThat(metadata.getCanonicalName()).isEqualTo("hash");
            assertThat(metadata.isHidden()).isTrue();
            assertThat(metadata.isDeterministic()).isTrue();
            assertThat(metadata.getDescription()).isEqualTo("Keyed hash of a value under the data key of that id");
            assertThat(functions.getFunctionMetadata(metadata.getFunctionId())).isSameAs(metadata);
        });
        assertThat(functions.listFunctions("other")).isEmpty();
        assertThat(functions.listFunctions("masking")).containsAll(all);
        assertThat(functions.getFunctions(new SchemaFunctionName("masking", "other"))).isEmpty();
        assertThat(functions.getFunctions(new SchemaFunctionName("other", "hash"))).isEmpty();
        assertThatThrownBy(() -> functions.getFunctionMetadata(new FunctionId("other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown masking function other");
    }

    @Test
    void testMayFail() {
        assertThat(hashFunctions()).allSatisfy(metadata -> assertThat(metadata.getNeverFails().test(
                new BoundSignature(
                        new CatalogSchemaFunctionName("policy", "masking", "hash"),
                        UNKNOWN,
                        List.of(UNKNOWN, UNKNOWN))))
                .isFalse());
    }

    /// In a server, generated code cannot see the classes of a plugin.
    @Test
    void testGeneratedCodeNeedsNoClassOfOurs() {
        CatalogSchemaFunctionName name = new CatalogSchemaFunctionName("policy", "masking", "hash");
        for (FunctionMetadata metadata : hashFunctions()) {
            Type type = switch (metadata.getSignature().getReturnType().baseName()) {
                case "varchar" -> VarcharType.VARCHAR;
                case "char" -> CharType.createCharType(64);
                case "varbinary" -> VarbinaryType.VARBINARY;
                case "bigint" -> BigintType.BIGINT;
                case "integer" -> IntegerType.INTEGER;
                default -> throw new AssertionError(metadata);
            };
            ScalarFunctionImplementation implementation = functions.getScalarFunctionImplementation(
                    metadata.getFunctionId(),
                    new BoundSignature(name, type, List.of(type, VarcharType.VARCHAR)),
                    NO_DEPENDENCIES,
                    new InvocationConvention(List.of(NEVER_NULL, NEVER_NULL), NULLABLE_RETURN, true, true));
            assertThat(implementation.getInstanceFactory().orElseThrow().type()).isEqualTo(methodType(Object.class));
            assertThat(implementation.getMethodHandle().type().parameterType(0)).isEqualTo(Object.class);
        }
    }

    @Test
    void testHiddenFromList() {
        assertThat(runner.execute("SHOW FUNCTIONS FROM policy.masking").getMaterializedRows()).isEmpty();
    }

    private List<FunctionMetadata> hashFunctions() {
        return functions.listFunctions("masking").stream().filter(metadata -> metadata.getCanonicalName().equals("hash"))
                .collect(toImmutableList());
    }

    private Object hash(String value, String type) {
        return value("SELECT policy.masking.hash(CAST(%s AS %s), '%s')".formatted(value, type, KEY_ID));
    }

    private Object value(String sql) {
        return runner.execute(sql).getOnlyValue();
    }

    private static byte[] hmac(int tag, String value) {
        return hmac(tag, value.getBytes(UTF_8));
    }

    private static byte[] hmac(int tag, byte[] value) {
        return hmac(KEY, tag, value);
    }

    private static byte[] hmac(DataKey key, int tag, byte[] value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.derive(Purpose.HASH, Optional.empty()), "HmacSHA256"));
            mac.update((byte) tag);
            return mac.doFinal(value);
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base32(byte[] bytes, int characters) {
        String bits = new BigInteger(1, bytes).setBit(256).toString(2).substring(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.append(BASE32.charAt(Integer.parseInt(bits.substring(5 * i, 5 * i + 5), 2)));
        }
        return text.toString();
    }
}
