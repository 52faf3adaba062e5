package io.github.trinopolicy.bundle;

import static java.lang.Math.min;
import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableMap;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/// How messages quote what the author of a bundle wrote, and what they suggest instead.
public final class Wording {
    private static final int MAX_QUOTED = 60;

    private Wording() {
    }

    /// The text in single quotes, shortened where it is long, on one line whatever it holds.
    public static String quoted(String text) {
        StringBuilder result = new StringBuilder("'");
        int end = text.length() <= MAX_QUOTED ? text.length() : MAX_QUOTED;
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        text.substring(0, end).codePoints().forEach(c -> {
            if (CharacterRules.isInvisible(c)) {
                result.append("\\u{%x}".formatted(c));
            }
            else {
                result.appendCodePoint(c);
            }
        });
        return result.append(end < text.length() ? "..." : "").append('\'').toString();
    }

    /// ` (did you mean 'x'?)` for the candidate most like the text, or nothing when none is like it. Candidates that are equally like
    /// it count in their order.
    public static String didYouMean(String text, Collection<String> candidates) {
        return closest(text, candidates).map(candidate -> " (did you mean %s?)".formatted(quoted(candidate))).orElse("");
    }

    /// The candidate which takes the fewest edits (insertion, deletion, replacement, exchange of neighbours), at most one for each
    /// three characters of the text; case is ignored.
    static Optional<String> closest(String text, Collection<String> candidates) {
        if (text.length() > MAX_QUOTED) {
            return Optional.empty();
        }
        String wanted = text.toLowerCase(ENGLISH);
        int limit = Math.max(1, wanted.length() / 3);
        Optional<String> best = Optional.empty();
        int bestDistance = limit + 1;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - wanted.length()) <= limit) {
                int distance = distance(wanted, candidate.toLowerCase(ENGLISH));
                if (distance < bestDistance && distance < wanted.length()) {
                    best = Optional.of(candidate);
                    bestDistance = distance;
                }
            }
        }
        return best;
    }

    /// Optimal string alignment distance.
    private static int distance(String left, String right) {
        int[][] distances = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : step(distances, left, right, i, j);
            }
        }
        return distances[left.length()][right.length()];
    }

    private static int step(int[][] distances, String left, String right, int i, int j) {
        int replaced = distances[i - 1][j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        int best = min(replaced, min(distances[i - 1][j], distances[i][j - 1]) + 1);
        if (i > 1 && j > 1 && left.charAt(i - 1) == right.charAt(j - 2) && left.charAt(i - 2) == right.charAt(j - 1)) {
            best = min(best, distances[i - 2][j - 2] + 1);
        }
        return best;
    }

    /// The word that a bundle writes for a constant: `TAGGED_ONLY` is `tagged-only`.
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(ENGLISH).replace('_', '-');
    }

    /// The constants of an enum by the words that a bundle writes for them.
    static <E extends Enum<E>> ImmutableMap<String, E> words(Class<E> type) {
        return Stream.of(type.getEnumConstants()).collect(ImmutableMap.toImmutableMap(Wording::word, constant -> constant));
    }
}
