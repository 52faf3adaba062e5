package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestFormatPreservingText {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));

    @ParameterizedTest
    @CsvSource({
            "DIGITS, 4012-8888-8888-1881, '\\d{4}-\\d{4}-\\d{4}-\\d{4}'",
            "DIGITS, '+49 (30) 123.456/78, 9:0_1@', '\\+\\d\\d \\(\\d\\d\\) \\d{3}\\.\\d{3}/\\d\\d, \\d:\\d_\\d@'",
            "DIGITS, 000000, '\\d{6}'",
            "LOWER, alice@example.org, '[a-z]{5}@[a-z]{7}\\.[a-z]{3}'",
            "UPPER, SMITH, '[A-Z]{5}'",
            "LETTERS, Jane Doe, '[A-Za-z]{4} [A-Za-z]{3}'",
            "ALPHANUMERIC, GB29-NWBK 6016, '[A-Za-z0-9]{4}-[A-Za-z0-9]{4} [A-Za-z0-9]{4}'"})
    void testFormatStays(Alphabet alphabet, String value, String pattern) {
        Optional<String> masked = encrypt(alphabet, value);
        assertThat(masked).hasValueSatisfying(text -> assertThat(text).matches(pattern).isNotEqualTo(value));
        assertThat(decrypt(alphabet, masked.orElseThrow())).contains(value);
    }

    @Test
    void testSeparatorsDoNotMatterToTheSymbols() {
        String plain = encrypt(Alphabet.DIGITS, "4012888888881881").orElseThrow();
        String separated = encrypt(Alphabet.DIGITS, "4012-8888-8888-1881").orElseThrow();
        assertThat(separated.replace("-", "")).isEqualTo(plain);
    }

    @Test
    void testIsFf1OfTheNumerals() {
        byte[] numerals = {4, 0, 1, 2, 8, 8, 8, 8};
        Ff1.ofColumn(KEY, COLUMN, 10).encrypt(numerals, 8);
        StringBuilder expected = new StringBuilder();
        for (byte numeral : numerals) {
            expected.append(numeral);
        }
        assertThat(encrypt(Alphabet.DIGITS, "40128888")).contains(expected.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "12345", "1-2-3-4-5", "123456a", "123456A", "123456é", "123456١", "123456\t", "123456\u00a0",
            "123456#",
            "123456*", "123456&", "123456\u0000", "123456\n"})
    void testRefusedDigits(String value) {
        assertThat(encrypt(Alphabet.DIGITS, value)).isEmpty();
        assertThat(decrypt(Alphabet.DIGITS, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"LOWER, abcd, abcde", "UPPER, ABCD, ABCDE", "LETTERS, aBc, aBcD", "ALPHANUMERIC, a1B, a1B2", "DIGITS, 12345, 123456"})
    void testFewestSymbols(Alphabet alphabet, String tooShort, String longEnough) {
        assertThat(encrypt(alphabet, tooShort)).isEmpty();
        assertThat(encrypt(alphabet, longEnough)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"LOWER, abcdeF", "LOWER, abcde1", "UPPER, ABCDEf", "LETTERS, abcdeF1", "ALPHANUMERIC, 'ab cd 1é'"})
    void testSymbolsOfOtherAlphabets(Alphabet alphabet, String value) {
        assertThat(encrypt(alphabet, value)).isEmpty();
    }

    @Test
    void testMostSymbols() {
        String value = "1".repeat(256);
        String masked = encrypt(Alphabet.DIGITS, value + "-".repeat(1000)).orElseThrow();
        assertThat(masked).hasSize(1256).endsWith("-".repeat(1000));
        assertThat(decrypt(Alphabet.DIGITS, masked)).contains(value + "-".repeat(1000));
        assertThat(encrypt(Alphabet.DIGITS, "1".repeat(257))).isEmpty();
        assertThat(encrypt(Alphabet.DIGITS, "1".repeat(600))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Alphabet.class)
    void testRoundTrip(Alphabet alphabet) {
        Random random = new Random(483);
        String characters = alphabet.symbols() + " -./()+:,_@";
        FormatPreservingText codec = new FormatPreservingText(KEY, COLUMN, alphabet);
        int encrypted = 0;
        for (int i = 0; i < 3000; i++) {
            StringBuilder builder = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                builder.append(characters.charAt(random.nextInt(characters.length())));
            }
            byte[] value = builder.toString().getBytes(US_ASCII);
            byte[] masked = codec.encrypt(value, 0, value.length);
            if (masked != null) {
                assertThat(codec.decrypt(masked, 0, masked.length)).isEqualTo(value);
                encrypted++;
            }
        }
        assertThat(encrypted).isGreaterThan(2000);
    }

    /// Up to the longest value, which takes both tiers of the arithmetic.
    @ParameterizedTest
    @EnumSource(Alphabet.class)
    void testRoundTripOfEachLength(Alphabet alphabet) {
        Random random = new Random(483);
        FormatPreservingText codec = new FormatPreservingText(KEY, COLUMN, alphabet);
        String symbols = alphabet.symbols();
        int encrypted = 0;
        for (int length = 0; length <= FormatPreservingText.MAX_SYMBOLS; length++) {
            StringBuilder builder = new StringBuilder();
            for (int i = 0; i < length; i++) {
                builder.append(symbols.charAt(random.nextInt(symbols.length())));
            }
            byte[] value = builder.toString().getBytes(US_ASCII);
            if (length < Ff1.minLength(symbols.length())) {
                assertThat(codec.encrypt(value, 0, length)).as("%s symbols", length).isNull();
                continue;
            }
            byte[] masked = requireNonNull(codec.encrypt(value, 0, length), "there is no result");
            assertThat(masked).as("%s symbols", length).hasSize(length).isNotEqualTo(value);
            assertThat(new String(masked, US_ASCII).chars()).allMatch(character -> symbols.indexOf(character) >= 0);
            assertThat(codec.decrypt(masked, 0, length)).as("%s symbols", length).isEqualTo(value);
            encrypted++;
        }
        assertThat(encrypted).isEqualTo(FormatPreservingText.MAX_SYMBOLS + 1 - Ff1.minLength(symbols.length()));
    }

    @Test
    void testDistinctAndBoundToColumn() {
        FormatPreservingText codec = new FormatPreservingText(KEY, COLUMN, Alphabet.DIGITS);
        FormatPreservingText other = new FormatPreservingText(KEY, new UUID(1, 2), Alphabet.DIGITS);
        Set<String> masked = new HashSet<>();
        int equal = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] value = "%06d".formatted(i).getBytes(US_ASCII);
            byte[] ours = codec.encrypt(value, 0, value.length);
            byte[] theirs = other.encrypt(value, 0, value.length);
            assertThat(ours).isNotNull();
            assertThat(theirs).isNotNull();
            masked.add(new String(ours, US_ASCII));
            if (Arrays.equals(ours, theirs)) {
                equal++;
            }
        }
        assertThat(masked).hasSize(20_000);
        assertThat(equal).isLessThan(3);
    }

    @Test
    void testPartOfArray() {
        FormatPreservingText codec = new FormatPreservingText(KEY, COLUMN, Alphabet.DIGITS);
        byte[] input = "xx123456yy".getBytes(US_ASCII);
        assertThat(codec.encrypt(input, 2, 6)).isEqualTo(encrypt(Alphabet.DIGITS, "123456").orElseThrow().getBytes(US_ASCII));
        assertThat(input).asString(US_ASCII).isEqualTo("xx123456yy");
    }

    private static Optional<String> encrypt(Alphabet alphabet, String value) {
        byte[] bytes = value.getBytes(UTF_8);
        return Optional.ofNullable(new FormatPreservingText(KEY, COLUMN, alphabet).encrypt(bytes, 0, bytes.length))
                .map(result -> new String(result, UTF_8));
    }

    private static Optional<String> decrypt(Alphabet alphabet, String value) {
        byte[] bytes = value.getBytes(UTF_8);
        return Optional.ofNullable(new FormatPreservingText(KEY, COLUMN, alphabet).decrypt(bytes, 0, bytes.length))
                .map(result -> new String(result, UTF_8));
    }
}
