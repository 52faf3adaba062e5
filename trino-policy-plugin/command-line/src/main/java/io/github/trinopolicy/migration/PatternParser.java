package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashSet;
import java.util.Set;

/// Takes simple regular expressions apart into the texts that they match: literals, alternations, small classes, `?`, and `.*` at the end.
/// Where it meets more, it only says with what the names begin. One instance reads one expression.
final class PatternParser {
    private static final int MAX_PIECES = 1_000;
    private static final Piece EMPTY = new Piece("", Piece.Kind.NAME);
    private static final Piece UNKNOWN = new Piece("", Piece.Kind.MAYBE);

    /// A set of texts.
    record Piece(String text, Kind kind) {
        enum Kind {
            /// the text alone
            NAME,
            /// all texts that begin so
            PREFIX,
            /// some texts that begin so
            MAYBE,
        }

        /// All texts of this one continued by those of the other.
        private Piece then(Piece next) {
            if (kind == Kind.NAME) {
                return new Piece(text + next.text, next.kind);
            }
            return next.equals(EMPTY) || (kind == Kind.PREFIX && next.equals(new Piece("", Kind.PREFIX)))
                    ? this
                    : new Piece(text, Kind.MAYBE);
        }
    }

    private final String expression;
    private int position;
    private boolean understood = true;

    private PatternParser(String expression) {
        this.expression = expression;
    }

    /// Texts whose union holds every text that the expression matches; those of kind `NAME` and `PREFIX` are all matched.
    ///
    /// @param expression one that Java accepts
    static Set<Piece> parse(String expression) {
        PatternParser parser = new PatternParser(expression);
        Set<Piece> pieces = parser.alternatives();
        return parser.understood && parser.position == expression.length() ? pieces : ImmutableSet.of(UNKNOWN);
    }

    private Set<Piece> alternatives() {
        Set<Piece> result = new LinkedHashSet<>(sequence());
        while (position < expression.length() && expression.charAt(position) == '|') {
            position++;
            result.addAll(sequence());
        }
        return result;
    }

    private Set<Piece> sequence() {
        Set<Piece> result = ImmutableSet.of(EMPTY);
        while (position < expression.length() && expression.charAt(position) != '|' && expression.charAt(position) != ')') {
            result = product(result, quantified());
        }
        return result;
    }

    private static Set<Piece> product(Set<Piece> left, Set<Piece> right) {
        if ((long) left.size() * right.size() > MAX_PIECES) {
            return left.stream().map(piece -> new Piece(piece.text(), Piece.Kind.MAYBE)).collect(toImmutableSet());
        }
        return left.stream().flatMap(piece -> right.stream().map(piece::then)).collect(toImmutableSet());
    }

    private Set<Piece> quantified() {
        boolean dot = expression.charAt(position) == '.';
        Set<Piece> atom = atom();
        if (position == expression.length()) {
            return atom;
        }
        char quantifier = expression.charAt(position);
        if (quantifier != '*' && quantifier != '+' && quantifier != '?' && quantifier != '{') {
            return atom;
        }
        int start = position;
        position = quantifier == '{' ? expression.indexOf('}', position) + 1 : position + 1;
        boolean plain = position == expression.length() || "*+?{".indexOf(expression.charAt(position)) < 0;
        if (!plain) {
            // lazy or possessive
            position++;
            return ImmutableSet.of(UNKNOWN);
        }
        if (quantifier == '?' && !dot) {
            return ImmutableSet.<Piece>builder().add(EMPTY).addAll(atom).build();
        }
        boolean everything = dot && (quantifier == '*' || (quantifier == '+' && start == 1));
        return everything ? ImmutableSet.of(new Piece("", Piece.Kind.PREFIX)) : ImmutableSet.of(UNKNOWN);
    }

    private Set<Piece> atom() {
        char c = expression.charAt(position);
        position++;
        return switch (c) {
            case '(' -> group();
            case '[' -> characterClass();
            case '.' -> ImmutableSet.of(new Piece(".", Piece.Kind.NAME), UNKNOWN);
            case '\\' -> escaped();
            case '*', '+', '?', '{' -> giveUp();
            case '^' -> position == 1 ? ImmutableSet.of(EMPTY) : ImmutableSet.of(UNKNOWN);
            case '$' -> position == expression.length() ? ImmutableSet.of(EMPTY) : ImmutableSet.of(UNKNOWN);
            default -> literal(c);
        };
    }

    private Set<Piece> literal(char c) {
        if (Character.isHighSurrogate(c) && position < expression.length()) {
            position++;
            return ImmutableSet.of(new Piece(expression.substring(position - 2, position), Piece.Kind.NAME));
        }
        return ImmutableSet.of(new Piece(String.valueOf(c), Piece.Kind.NAME));
    }

    private Set<Piece> escaped() {
        char c = expression.charAt(position);
        position++;
        if ("dDsSwW".indexOf(c) >= 0) {
            return ImmutableSet.of(UNKNOWN);
        }
        if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
            return giveUp();
        }
        return ImmutableSet.of(new Piece(String.valueOf(c), Piece.Kind.NAME));
    }

    private Set<Piece> group() {
        if (expression.startsWith("?", position)) {
            if (!expression.startsWith("?:", position)) {
                return giveUp();
            }
            position += 2;
        }
        Set<Piece> inner = alternatives();
        if (position < expression.length()) {
            position++;
        }
        return inner;
    }

    /// Letters and digits one by one, and ranges of them.
    private Set<Piece> characterClass() {
        ImmutableSet.Builder<Piece> result = ImmutableSet.builder();
        if (expression.charAt(position) == ']') {
            return giveUp();
        }
        while (expression.charAt(position) != ']') {
            char from = expression.charAt(position);
            char to = from;
            if (!isPlain(from)) {
                return giveUp();
            }
            if (expression.charAt(position + 1) == '-' && isPlain(expression.charAt(position + 2))) {
                to = expression.charAt(position + 2);
                position += 2;
            }
            for (char c = from; c <= to; c++) {
                result.add(new Piece(String.valueOf(c), Piece.Kind.NAME));
            }
            position++;
        }
        position++;
        return result.build();
    }

    /// Flags, look-around, quotations and the like: then nothing of the whole expression can be taken literally.
    private Set<Piece> giveUp() {
        understood = false;
        position = expression.length();
        return ImmutableSet.of(UNKNOWN);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
}
