package io.github.trinopolicy.masking;

import static io.trino.testing.TestingSession.testSession;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.crypto.Alphabet;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.FormatPreservingBigInteger;
import io.github.trinopolicy.crypto.FormatPreservingDate;
import io.github.trinopolicy.crypto.FormatPreservingInteger;
import io.github.trinopolicy.crypto.FormatPreservingText;
import io.github.trinopolicy.crypto.InvalidTokenException;
import io.github.trinopolicy.crypto.ReversibleToken;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.type.SqlVarbinary;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The masking functions that are bound to a column, through SQL with the real engine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestColumnFunctions {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID OTHER_KEY_ID = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final UUID COLUMN = UUID.fromString("5c1e8e0a-0000-4000-8000-000000000001");
    private static final UUID OTHER_COLUMN = UUID.fromString("5c1e8e0a-0000-4000-8000-000000000002");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
    private static final DataKey OTHER_KEY = DataKey.copyOf("fedcba9876543210fedcba9876543210".getBytes(UTF_8));

    private QueryRunner runner;

    @BeforeAll
    void start() {
        runner = new StandaloneQueryRunner(testSession());
        runner.installPlugin(new TestingMaskingPlugin(
                new MaskingFunctions(new TestingKeyRing().put(KEY_ID, KEY).put(OTHER_KEY_ID, OTHER_KEY), new TestingValueSets())));
        runner.createCatalog("policy", TestingMaskingPlugin.CONNECTOR, ImmutableMap.of());
    }

    @AfterAll
    void stop() {
        runner.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "alice@example.com", "Zoë 😀", "exactly-16-bytes", "thirty-two bytes are two blocks."})
    void testTokensGiveTheValueBack(String value) throws InvalidTokenException {
        for (String call : List.of("reversible(%s, %s, ROW(7, 'a'))", "reversible_equal(%s, %s)", "reversible_random(%s, %s)")) {
            Object text = token(call, "v", value);
            assertThat(decrypt(ReversibleToken.parse(String.valueOf(text).getBytes(UTF_8)))).isEqualTo(value);
            assertThat(decrypt(((SqlVarbinary) token(call, "to_utf8(v)", value)).getBytes())).isEqualTo(value);
            assertThat(String.valueOf(text)).hasSize(ReversibleToken.textLength(value.getBytes(UTF_8).length));
        }
    }

    private Object token(String call, String argument, String value) {
        return value("SELECT policy.masking.%s FROM (VALUES CAST('%s' AS varchar)) t(v)"
                .formatted(call.formatted(argument, ids(KEY_ID, COLUMN)), value));
    }

    private static String decrypt(byte[] token) throws InvalidTokenException {
        return new String(new ReversibleToken(KEY, KEY_ID, COLUMN, TokenMode.ROW_KEY).decrypt(token), UTF_8);
    }

    /// What equal tokens mean is what the mode says: the cell, the value, or nothing.
    @Test
    void testEqualTokens() {
        String rows = "FROM UNNEST(sequence(1, 20)) t(x) CROSS JOIN UNNEST(sequence(1, 2)) u(y)";
        String ids = ids(KEY_ID, COLUMN);
        assertThat(value("SELECT count(DISTINCT policy.masking.reversible(CAST('v' AS varchar), %s, ROW(x))) %s".formatted(ids, rows)))
                .isEqualTo(20L);
        assertThat(value("SELECT count(DISTINCT policy.masking.reversible_equal(CAST('v' AS varchar), %s)) %s".formatted(ids, rows)))
                .isEqualTo(1L);
        assertThat(value("SELECT count(DISTINCT policy.masking.reversible_random(CAST('v' AS varchar), %s)) %s".formatted(ids, rows)))
                .isEqualTo(40L);
        assertThat(value("SELECT count(DISTINCT t) FROM (VALUES policy.masking.reversible_equal(CAST('v' AS varchar), %s), "
                .formatted(ids)
                + "policy.masking.reversible_equal(CAST('v' AS varchar), %s), policy.masking.reversible_equal(CAST('v' AS varchar), %s)) t(t)"
                        .formatted(ids(OTHER_KEY_ID, COLUMN), ids(KEY_ID, OTHER_COLUMN))))
                .isEqualTo(3L);
    }

    @ParameterizedTest
    @CsvSource({"varchar(87),0,false", "varchar(88),0,true", "varchar(88),15,true", "varchar(88),16,false", "varchar(110),31,true",
            "varchar(110),32,false", "char(88),15,true", "char(88),16,false", "char(87),1,false", "varchar(5),1,false"})
    void testTokenThatDoesNotFitIsNull(String type, int length, boolean fits) {
        Object token = value("SELECT policy.masking.reversible_equal(CAST(v AS %s), %s) FROM (VALUES '%s') t(v)"
                .formatted(type, ids(KEY_ID, COLUMN), "x".repeat(Math.min(length, type.equals("varchar(5)") ? 5 : 87))));
        assertThat(token != null).isEqualTo(fits);
    }

    @Test
    void testRowWithoutKeyHasNoToken() {
        assertThat(value("SELECT policy.masking.reversible(CAST('v' AS varchar), %s, ROW(x)) FROM (VALUES CAST(NULL AS bigint)) t(x)"
                .formatted(ids(KEY_ID, COLUMN)))).isNull();
    }

    @Test
    void testFormats() {
        assertThat(format("VARCHAR '+49 170-1234567'", "'digits'")).isEqualTo(text("+49 170-1234567", Alphabet.DIGITS));
        assertThat(format("CAST('Main Street' AS char(20))", "'letters'"))
                .isEqualTo(text("Main Street", Alphabet.LETTERS) + " ".repeat(9));
        assertThat(format("BIGINT '-4111111111111111'"))
                .isEqualTo(FormatPreservingInteger.ofBigint(KEY, COLUMN).encrypt(-4111111111111111L));
        assertThat(format("INTEGER '42'")).isEqualTo((int) FormatPreservingInteger.ofInteger(KEY, COLUMN).encrypt(42));
        assertThat(String.valueOf(format("DECIMAL '12345678.90'")))
                .isEqualTo(BigDecimal.valueOf(FormatPreservingInteger.ofDecimal(KEY, COLUMN, 10).encrypt(1234567890L), 2).toString());
        assertThat(String.valueOf(format("DECIMAL '-12345678901234567890.12'"))).isEqualTo(new BigDecimal(
                new FormatPreservingBigInteger(KEY, COLUMN).encrypt(new BigInteger("-1234567890123456789012")), 2).toString());
        assertThat(String.valueOf(format("DATE '1970-01-01'")))
                .isEqualTo(LocalDate.ofEpochDay(new FormatPreservingDate(KEY, COLUMN).encrypt(0)).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"VARCHAR '12345'|digits", "VARCHAR 'abc'|digits", "VARCHAR ''|digits", "DECIMAL '123.45'|",
            "DATE '-0001-01-01'|", "DATE '9999-12-31'|", "CAST(NULL AS bigint)|", "CAST(NULL AS varchar)|digits"})
    void testValuesWithoutEncryptionAreNull(String value, String alphabet) {
        assertThat(alphabet == null ? format(value) : format(value, "'%s'".formatted(alphabet))).isNull();
    }

    @Test
    void testWrongReferencesAreNotRepeated() {
        assertThatThrownBy(() -> value("SELECT policy.masking.reversible_equal(CAST('v' AS varchar), '%s', 'secret')".formatted(KEY_ID)))
                .hasMessage("The column id of a masking function must be a UUID in lower case");
        assertThatThrownBy(() -> format("VARCHAR '1234567'", "'secret'"))
                .hasMessage("The alphabet of a masking function must be digits, lower, upper, letters or alphanumeric");
    }

    private static String text(String value, Alphabet alphabet) {
        byte[] bytes = value.getBytes(UTF_8);
        return new String(requireNonNull(new FormatPreservingText(KEY, COLUMN, alphabet).encrypt(bytes, 0, bytes.length)), UTF_8);
    }

    private Object format(String value, String... alphabet) {
        return value("SELECT policy.masking.format_preserving(v, %s) FROM (VALUES %s) t(v)".formatted(
                String.join(", ", Stream.concat(Stream.of(ids(KEY_ID, COLUMN)),
                        Stream.of(alphabet)).toList()),
                value));
    }

    private static String ids(UUID key, UUID column) {
        return "'%s', '%s'".formatted(key, column);
    }

    private Object value(String sql) {
        return runner.execute(sql).getOnlyValue();
    }
}
