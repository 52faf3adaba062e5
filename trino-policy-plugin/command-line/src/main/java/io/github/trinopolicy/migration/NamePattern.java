package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.migration.PatternParser.Piece;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression for a whole name, and what can be said of its names without one: some it certainly matches, and each name that it
/// matches at all is one of those or begins with one of `maybe`.
///
/// @param names that it certainly matches
/// @param prefixes of which every continuation is matched; `""` stands for every name. (A dot does not match line breaks, which no name of
///         a user, group or table has.)
/// @param maybe prefixes of which some continuations are matched
record NamePattern(Pattern regex, Set<String> names, Set<String> prefixes, Set<String> maybe) {
    private static final int MAX_LENGTH = 100_000;
    private static final int MAX_NESTING = 50;

    NamePattern {
        requireNonNull(regex, "regex is null");
        names = ImmutableSet.copyOf(names);
        prefixes = ImmutableSet.copyOf(prefixes);
        maybe = ImmutableSet.copyOf(maybe);
    }

    static NamePattern of(Element element) {
        String text = element.text();
        int depth = 0;
        int deepest = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        if (text.length() > MAX_LENGTH || deepest > MAX_NESTING) {
            throw element.error("the regular expression is longer than %s characters or nested deeper than %s levels".formatted(MAX_LENGTH,
                    MAX_NESTING));
        }
        try {
            Pattern regex = Pattern.compile(text);
            Set<Piece> pieces = PatternParser.parse(text);
            return new NamePattern(regex, texts(pieces, Piece.Kind.NAME), texts(pieces, Piece.Kind.PREFIX),
                    texts(pieces, Piece.Kind.MAYBE));
        }
        catch (PatternSyntaxException e) {
            throw element.error("this is no regular expression: " + e.getDescription());
        }
    }

    private static Set<String> texts(Set<Piece> pieces, Piece.Kind kind) {
        return pieces.stream().filter(piece -> piece.kind() == kind).map(Piece::text).collect(toImmutableSet());
    }

    boolean matches(String name) {
        return regex.matcher(name).matches();
    }

    /// True when it matches every name.
    boolean isEverything() {
        return prefixes.contains("");
    }

    /// True when it matches nothing but `names`.
    boolean isFinite() {
        return prefixes.isEmpty() && maybe.isEmpty();
    }
}
