package io.github.trinopolicy.masking;

import static io.airlift.slice.Slices.utf8Slice;
import static io.airlift.slice.Slices.wrappedBuffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.trino.operator.scalar.JoniRegexpCasts;
import io.trino.operator.scalar.JoniRegexpFunctions;
import io.trino.spi.TrinoException;
import io.trino.spi.type.CharType;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestRegexReplacement {
    private static final long SEED = new Random().nextLong();
    private static final List<String> PATTERNS = ImmutableList.of("", "a", "\\d", "\\d(?=\\d{4})", "(a)(b)?", "(?<first>a|é)(?<second>.)?",
            ".", "^", "$", "\\b", "(?i)B+", "[^a-z]*", "(x|y)*z?", "(?s).(?=.{4})", "(?<=.{2}).", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)?",
            "\\p{L}", "東+", "a{2,3}?");
    private static final List<String> REPLACEMENTS = ImmutableList.of("", "*", "$0", "[$1]", "$1$2", "$10", "$11", "$12",
            "${first}${second}",
            "${n}", "${first", "\\$1", "\\\\", "\\é", "é🐘", "$", "\\", "$x", "${none}", "$9", "a$01b", "${}");
    private static final String ALPHABET = "aabbcdefghijkxyzABé東🐘0123456789 -@.\n";

    /// Trino's own function is right by definition.
    @Test
    void testReplacesAsTrinoDoes() {
        Random random = new Random(SEED);
        int replaced = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = PATTERNS.get(random.nextInt(PATTERNS.size()));
            String replacement = REPLACEMENTS.get(random.nextInt(REPLACEMENTS.size()));
            Slice value = withOffset(text(random));
            String what = "seed %s: regexp_replace('%s', '%s', '%s')".formatted(SEED, value.toStringUtf8(), pattern, replacement);
            Optional<RegexReplacement> ours = compile(pattern, replacement);
            boolean matches = JoniRegexpFunctions.regexpLike(value, JoniRegexpCasts.joniRegexp(utf8Slice(pattern)));
            if (ours.isEmpty()) {
                refused++;
                if (matches) {
                    assertThatThrownBy(() -> trino(value, pattern, replacement)).as(what).isInstanceOf(TrinoException.class);
                }
                continue;
            }
            Optional<Slice> result = ours.get().replace(value, false);
            assertThat(result.isPresent()).as(what).isEqualTo(matches);
            if (matches) {
                replaced++;
                assertThat(result.get().toStringUtf8()).as(what).isEqualTo(trino(value, pattern, replacement).toStringUtf8());
            }
        }
        assertThat(replaced).isGreaterThan(3_000);
        assertThat(refused).isGreaterThan(1_000);
    }

    private static Slice trino(Slice value, String pattern, String replacement) {
        return JoniRegexpFunctions.regexpReplace(value, JoniRegexpCasts.joniRegexp(utf8Slice(pattern)), utf8Slice(replacement));
    }

    private static Optional<RegexReplacement> compile(String pattern, String replacement) {
        try {
            return Optional.of(RegexReplacement.compile(pattern, replacement));
        }
        catch (InvalidReplacementException _) {
            return Optional.empty();
        }
    }

    private static String text(Random random) {
        int[] characters = ALPHABET.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(14); i > 0; i--) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return random.nextInt(5) == 0 ? text + "abcdefghijk" : text.toString();
    }

    /// The engine hands over parts of larger arrays.
    private static Slice withOffset(String text) {
        Slice padded = utf8Slice("ab1" + text + "ab1");
        return padded.slice(3, padded.length() - 6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "01701234567 | \\d(?=\\d{4}) | * | false | *******4567",
            "01701234567 | \\d(?=\\d{4}) | * | true | *1701234567",
            "alice@example.com | ^(.).*@(.*)$ | $1***@$2 | false | a***@example.com",
    })
    void testReplaces(String value, String pattern, String replacement, boolean firstOnly, String expected) {
        RegexReplacement compiled = RegexReplacement.compile(pattern, replacement);
        assertThat(compiled.replace(utf8Slice(value), firstOnly).orElseThrow().toStringUtf8()).isEqualTo(expected);
    }

    @Test
    void testBytesThatAreNotUtf8() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = new byte[random.nextInt(20)];
            random.nextBytes(value);
            String pattern = PATTERNS.get(random.nextInt(PATTERNS.size()));
            Slice slice = wrappedBuffer(value);
            RegexReplacement compiled = RegexReplacement.compile(pattern, "x");
            compiled.replace(slice, random.nextBoolean()).ifPresent(result -> assertThat(result.length()).isNotNegative());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "a{2", "*", "\\", "(?<n", "(?z)", "[z-a]", "(?<n>a)|(?<n>b)", "\\p{Nothing}", "(?<=a+)b"})
    void testInvalidPatterns(String pattern) {
        boolean trinoRefuses = false;
        try {
            JoniRegexpCasts.joniRegexp(utf8Slice(pattern));
        }
        catch (TrinoException _) {
            trinoRefuses = true;
        }
        if (trinoRefuses) {
            assertThatThrownBy(() -> RegexReplacement.compile(pattern, "")).isInstanceOf(InvalidPatternException.class);
        }
        else {
            assertThat(RegexReplacement.compile(pattern, "")).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "$2 | the pattern has no group '2'",
            "${other} | the pattern has no group 'other'",
            "a$ | a '$' at the end means nothing; put a '\\' before it",
            "a\\ | a '\\' at the end means nothing; put a '\\' before it",
            "$x | a '$' is followed by neither the number nor the {name} of a group; put a '\\' before it",
    })
    void testInvalidReplacements(String replacement, String message) {
        assertThatThrownBy(() -> RegexReplacement.compile("(?<n>a)", replacement)).isInstanceOf(InvalidReplacementException.class)
                .hasMessage(message);
    }

    @Test
    void testResultFitsTheType() {
        Slice pattern = utf8Slice("a");
        Slice twice = utf8Slice("éé");
        RegexFunction varchar = new RegexFunction(VarcharType.createVarcharType(3));
        assertThat(varchar.replace(utf8Slice("ab"), pattern, twice, false, false)).isEqualTo(utf8Slice("ééb"));
        assertThat(varchar.replace(utf8Slice("aab"), pattern, twice, false, false)).isNull();
        assertThat(varchar.replace(utf8Slice("aab"), pattern, twice, true, false)).isNull();
        assertThat(varchar.replace(utf8Slice("b"), pattern, twice, false, false)).isNull();
        assertThat(varchar.replace(utf8Slice("b"), pattern, twice, false, true)).isEqualTo(utf8Slice("b"));
        RegexFunction character = new RegexFunction(CharType.createCharType(3));
        assertThat(character.replace(utf8Slice("xxa"), pattern, utf8Slice("  "), false, false)).isEqualTo(utf8Slice("xx"));
        assertThat(character.replace(utf8Slice("xx"), utf8Slice("x$"), Slices.EMPTY_SLICE, false, false)).isEqualTo(utf8Slice("x"));
    }

    @Test
    void testWhatDoesNotCompileIsNull() {
        RegexFunction function = new RegexFunction(VarcharType.VARCHAR);
        assertThat(function.replace(utf8Slice("a"), utf8Slice("("), utf8Slice("x"), false, true)).isNull();
        assertThat(function.replace(utf8Slice("a"), utf8Slice("a"), utf8Slice("$7"), false, true)).isNull();
        assertThat(function.replace(utf8Slice("a"), utf8Slice("a"), utf8Slice("x"), false, true)).isEqualTo(utf8Slice("x"));
    }

    @Test
    void testInterruptedMatchStops() {
        RegexReplacement catastrophic = RegexReplacement.compile("(a+)+$", "x");
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> catastrophic.replace(utf8Slice("a".repeat(60) + "b"), false)).isInstanceOf(TrinoException.class)
                    .hasMessage("The pattern of a mask was interrupted, likely because it took too long");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        finally {
            Thread.interrupted();
        }
    }
}
