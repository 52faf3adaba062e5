package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.GENERIC_USER_ERROR;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.jcodings.specific.NonStrictUTF8Encoding;
import io.airlift.joni.Matcher;
import io.airlift.joni.Option;
import io.airlift.joni.Regex;
import io.airlift.joni.Region;
import io.airlift.joni.Syntax;
import io.airlift.joni.WarnCallback;
import io.airlift.joni.exception.ValueException;
import io.airlift.slice.DynamicSliceOutput;
import io.airlift.slice.Slice;
import io.airlift.slice.SliceOutput;
import io.trino.spi.TrinoException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A pattern in Trino's default dialect of regular expressions with its replacement, which reads as in Trino's `regexp_replace`: `$1` and
/// `${name}` are groups, and a backslash takes the character after it as it is. Thread-safe.
public final class RegexReplacement {
    /// The library would write to the standard output.
    private static final WarnCallback SILENT = _ -> {
    };

    private final Regex regex;
    private final List<Part> replacement;

    private RegexReplacement(Regex regex, List<Part> replacement) {
        this.regex = requireNonNull(regex, "regex is null");
        this.replacement = ImmutableList.copyOf(replacement);
    }

    private sealed interface Part {
        /// @param bytes as they stand in the result
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Text(byte[] bytes) implements Part {}

        record Group(int number) implements Part {}
    }

    /// @throws InvalidPatternException when the pattern does not compile
    /// @throws InvalidReplacementException when the replacement is not well-formed, or names a group that the pattern lacks
    public static RegexReplacement compile(String pattern, String replacement) {
        Regex regex = compile(pattern);
        return new RegexReplacement(regex, new ReplacementParser(regex, replacement.getBytes(UTF_8)).parse());
    }

    private static Regex compile(String pattern) {
        byte[] bytes = pattern.getBytes(UTF_8);
        try {
            // as Trino does: the strict encoding may loop for ever over a value that is not UTF-8
            return new Regex(bytes, 0, bytes.length, Option.DEFAULT, NonStrictUTF8Encoding.INSTANCE, Syntax.Java, SILENT);
        }
        // of some malformed patterns the library does not say that they are, it fails over them
        catch (RuntimeException | StackOverflowError e) {
            throw new InvalidPatternException(e);
        }
    }

    /// The value with the first match, or all matches, replaced; empty where nothing matches.
    ///
    /// @throws TrinoException when the thread is interrupted, since the query was cancelled or ran too long
    public Optional<Slice> replace(Slice value, boolean firstOnly) {
        int base = value.byteArrayOffset();
        Matcher matcher = regex.matcher(value.byteArray(), base, base + value.length());
        int start = 0;
        if (!find(matcher, value, start)) {
            return Optional.empty();
        }
        SliceOutput result = new DynamicSliceOutput(value.length() + 16);
        int copied = 0;
        do {
            result.appendBytes(value.slice(copied, matcher.getBegin() - copied));
            appendReplacement(result, value, matcher.getEagerRegion());
            copied = matcher.getEnd();
            start = nextStart(matcher, value);
        } while (!firstOnly && start <= value.length() && find(matcher, value, start));
        result.appendBytes(value.slice(copied, value.length() - copied));
        return Optional.of(result.slice());
    }

    /// The bounds are places in the array, the places that the matcher tells are such in the value.
    private static boolean find(Matcher matcher, Slice value, int start) {
        int base = value.byteArrayOffset();
        try {
            return matcher.searchInterruptible(base + start, base + value.length(), Option.DEFAULT) >= 0;
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrinoException(GENERIC_USER_ERROR, "The pattern of a mask was interrupted, likely because it took too long", e);
        }
    }

    private static int nextStart(Matcher matcher, Slice value) {
        int end = matcher.getEnd();
        if (end > matcher.getBegin()) {
            return end;
        }
        return end < value.length() ? end + lengthOfCodePoint(value.getByte(end)) : end + 1;
    }

    /// One for bytes that begin no character.
    private static int lengthOfCodePoint(byte first) {
        int leadingOnes = Integer.numberOfLeadingZeros(~(first << 24));
        return leadingOnes >= 2 && leadingOnes <= 4 ? leadingOnes : 1;
    }

    private void appendReplacement(SliceOutput result, Slice value, Region region) {
        for (Part part : replacement) {
            switch (part) {
                case Part.Text text -> result.writeBytes(text.bytes());
                case Part.Group group -> appendGroup(result, value, region, group.number());
            }
        }
    }

    /// Nothing for a group that took no part in the match.
    private static void appendGroup(SliceOutput result, Slice value, Region region, int group) {
        int begin = region.beg[group];
        int end = region.end[group];
        if (begin >= 0 && end >= begin) {
            result.appendBytes(value.slice(begin, end - begin));
        }
    }

    private static final class ReplacementParser {
        private final Regex regex;
        private final byte[] replacement;
        private final DynamicSliceOutput text = new DynamicSliceOutput(16);
        private final ImmutableList.Builder<Part> parts = ImmutableList.builder();
        private int next;

        private ReplacementParser(Regex regex, byte[] replacement) {
            this.regex = regex;
            this.replacement = replacement;
        }

        private List<Part> parse() {
            while (next < replacement.length) {
                byte character = replacement[next];
                next++;
                switch (character) {
                    case '$' -> {
                        endText();
                        parts.add(current("a '$'") == '{' ? namedGroup() : group());
                    }
                    case '\\' -> {
                        text.appendByte(current("a '\\'"));
                        next++;
                    }
                    default -> text.appendByte(character);
                }
            }
            endText();
            return parts.build();
        }

        private byte current(String what) {
            if (next == replacement.length) {
                throw new InvalidReplacementException(what + " at the end means nothing; put a '\\' before it");
            }
            return replacement[next];
        }

        private void endText() {
            if (text.size() > 0) {
                parts.add(new Part.Text(text.slice().getBytes()));
                text.reset();
            }
        }

        private Part namedGroup() {
            next++;
            int begin = next;
            while (next < replacement.length && replacement[next] != '}') {
                next++;
            }
            byte[] name = Arrays.copyOfRange(replacement, begin, next);
            next++;
            try {
                // the dialect has no two groups of one name
                return new Part.Group(regex.nameToBackrefNumber(name, 0, name.length, null));
            }
            catch (ValueException e) {
                throw unknownGroup(new String(name, UTF_8));
            }
        }

        /// As many digits as still make the number of a group.
        private Part group() {
            int group = digit(replacement[next]);
            if (group < 0) {
                throw new InvalidReplacementException(
                        "a '$' is followed by neither the number nor the {name} of a group; put a '\\' before it");
            }
            if (group > regex.numberOfCaptures()) {
                throw unknownGroup(Integer.toString(group));
            }
            next++;
            while (next < replacement.length) {
                int digit = digit(replacement[next]);
                if (digit < 0 || group * 10 + digit > regex.numberOfCaptures()) {
                    break;
                }
                group = group * 10 + digit;
                next++;
            }
            return new Part.Group(group);
        }

        private static InvalidReplacementException unknownGroup(String group) {
            return new InvalidReplacementException("the pattern has no group '%s'".formatted(group));
        }

        private static int digit(byte character) {
            return character >= '0' && character <= '9' ? character - '0' : -1;
        }
    }
}
