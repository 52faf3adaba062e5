package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.airlift.slice.SliceUtf8;
import io.trino.spi.type.CharType;
import io.trino.spi.type.Chars;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `regex(value, pattern, replacement, first only, keep)` at one call site. An instance belongs to one thread.
final class RegexFunction {
    private final boolean padded;
    private final int maximumLength;

    private @Nullable Slice pattern;
    private @Nullable Slice replacement;
    private Optional<RegexReplacement> compiled = Optional.empty();

    /// @param type of the value and of the result
    RegexFunction(Type type) {
        padded = type instanceof CharType;
        maximumLength = switch (type) {
            case CharType character -> character.getLength();
            case VarcharType varchar -> varchar.getLength().orElse(Integer.MAX_VALUE);
            default -> throw new IllegalArgumentException("no text: " + type);
        };
    }

    /// NULL if nothing matches and the value is not to be kept, if the result does not fit the type, and if pattern or replacement do not
    /// compile. The engine keeps `char` values without their pad spaces, and so they are matched.
    @Nullable
    Slice replace(Slice value, Slice pattern, Slice replacement, boolean firstOnly, boolean keep) {
        Optional<RegexReplacement> compiled = compiled(pattern, replacement);
        if (compiled.isEmpty()) {
            return null;
        }
        Optional<Slice> replaced = compiled.get().replace(value, firstOnly);
        if (replaced.isEmpty()) {
            return keep ? value : null;
        }
        Slice result = padded ? Chars.trimTrailingSpaces(replaced.get()) : replaced.get();
        // no text has more characters than bytes
        return result.length() <= maximumLength || SliceUtf8.countCodePoints(result) <= maximumLength ? result : null;
    }

    private Optional<RegexReplacement> compiled(Slice pattern, Slice replacement) {
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (!pattern.equals(this.pattern) || !replacement.equals(this.replacement)) {
            compiled = compile(pattern, replacement);
            this.pattern = pattern;
            this.replacement = replacement;
        }
        return compiled;
    }

    private static Optional<RegexReplacement> compile(Slice pattern, Slice replacement) {
        try {
            return Optional.of(RegexReplacement.compile(pattern.toStringUtf8(), replacement.toStringUtf8()));
        }
        catch (InvalidPatternException | InvalidReplacementException e) {
            // access control refuses such a policy with the reason; a mask does not fail
            return Optional.empty();
        }
    }
}
