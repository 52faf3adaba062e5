package io.github.trinopolicy.masking;

import static io.trino.testing.TestingSession.testSession;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.BaseEncoding;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.Purpose;
import io.trino.spi.function.FunctionMetadata;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Through SQL with the real engine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestFingerprintFunctions {
    private static final HexFormat HEX = HexFormat.of();
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID COLUMN = UUID.fromString("00000000-0000-4000-8000-000000000021");
    private static final UUID OTHER_COLUMN = UUID.fromString("00000000-0000-4000-8000-000000000022");
    private static final UUID MISSING_KEY = UUID.fromString("00000000-0000-4000-8000-000000000003");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));

    private final MaskingFunctions functions = new MaskingFunctions(new TestingKeyRing().put(KEY_ID, KEY), new TestingValueSets());
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

    @Test
    void testFingerprintIsTheKeyedHashOfTheColumn() throws GeneralSecurityException {
        assertThat(fingerprint("'O'", KEY_ID, COLUMN)).isEqualTo(expected("O", COLUMN)).isNotEqualTo(fingerprint("'P'", KEY_ID, COLUMN));
        assertThat(fingerprint("'O'", KEY_ID, OTHER_COLUMN)).isEqualTo(expected("O", OTHER_COLUMN))
                .isNotEqualTo(fingerprint("'O'", KEY_ID, COLUMN));
        assertThat(fingerprint("''", KEY_ID, COLUMN)).isEqualTo(expected("", COLUMN));
        assertThat(fingerprint("CAST(NULL AS varchar)", KEY_ID, COLUMN)).isNull();
    }

    @Test
    void testKeysOfAMap() throws GeneralSecurityException {
        assertThat(value("SELECT json_format(CAST(transform_keys(map_filter(histogram(x), (k, v) -> v >= 2), "
                + "(k, v) -> policy.masking.fingerprint(k, '%s', '%s')) AS json)) FROM (VALUES 'O', 'O', 'P') t(x)".formatted(KEY_ID,
                        COLUMN)))
                .isEqualTo("{\"%s\":2}".formatted(expected("O", COLUMN)));
    }

    @Test
    void testNoFingerprintWithoutItsKey() {
        assertThatThrownBy(() -> fingerprint("'canary'", MISSING_KEY, COLUMN)).hasMessageContaining("This node has no data key")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> value("SELECT policy.masking.fingerprint('canary', 'canary', 'canary')"))
                .hasMessageContaining("The key id of a masking function must be a UUID in lower case");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, quoteCharacter = '`', textBlock = """
            ann.miller@example.org|a.a@a.a
            Ann Miller|Aa Aa
            +49 (30) 555-1234|+9 (9) 9-9
            111-22-3333|9-9-9
            AB12345|A9
            2026-11-23T10:00:00|9-9-9A9:9:9
            ÉMILE Müller|A Aa
            王小明|x
            ١٢٣|9
            $$$***|?
            tab\tand\u00a0space|a a?a
            ``|``
            a1a1a1a1a1a1a1a1|a9a9a9a9a9a9a9a9
            a1a1a1a1a1a1a1a1-|a9a9a9a9a9a9a9a9*
            a1a1a1a1a1a1a1a11111|a9a9a9a9a9a9a9a9
            """)
    void testShape(String text, String shape) {
        assertThat(shape(text)).isEqualTo(shape);
    }

    @Test
    void testShapeTellsNoLetterNoDigitAndNoLength() {
        assertThat(shape("x".repeat(10_000))).isEqualTo(shape("q"));
        assertThat(shape("Smith")).isEqualTo(shape("Ng"));
        assertThat(shape("378-24-0001")).isEqualTo(shape("1-2-3"));
        String everything = IntStream.range(1, 0x3000).filter(Character::isDefined).mapToObj(Character::toString)
                .collect(Collectors.joining("1"));
        assertThat(everything.codePoints().mapToObj(Character::toString).map(this::kind).distinct())
                .isSubsetOf("A", "a", "x", "9", " ", "?", "@", ".", "_", "-", "/", ":", "+", ",", "(", ")", "#", "&", "'");
        assertThat(shape(everything)).isEqualTo("?9?9?9?9?9?9?9?9*");
    }

    @Test
    void testShapeOfWhatIsNoUtf8() {
        assertThat(new TextShape().of(Slices.wrappedBuffer((byte) 'a', (byte) 0xff, (byte) 0xc3)).toStringUtf8())
                .isEqualTo("a?");
    }

    @Test
    void testMetadata() {
        List<FunctionMetadata> both = functions.listFunctions("masking").stream()
                .filter(metadata -> List.of("fingerprint", "shape").contains(metadata.getCanonicalName())).toList();
        assertThat(both).hasSize(2).allSatisfy(metadata -> {
            assertThat(metadata.isHidden()).isTrue();
            assertThat(metadata.isDeterministic()).isTrue();
        });
    }

    private String kind(String character) {
        return new TextShape().of(Slices.utf8Slice(character)).toStringUtf8();
    }

    private Object shape(String text) {
        return value("SELECT policy.masking.shape(from_utf8(from_hex('%s')))".formatted(HEX.formatHex(text.getBytes(UTF_8))));
    }

    private Object fingerprint(String value, UUID keyId, UUID column) {
        return value("SELECT policy.masking.fingerprint(%s, '%s', '%s')".formatted(value, keyId, column));
    }

    private Object value(String sql) {
        return runner.execute(sql).getOnlyValue();
    }

    private static String expected(String value, UUID column) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY.derive(Purpose.FINGERPRINT, Optional.of(column)), "HmacSHA256"));
        return BaseEncoding.base32().encode(Arrays.copyOf(mac.doFinal(value.getBytes(UTF_8)), 10)).toLowerCase(Locale.ENGLISH);
    }
}
