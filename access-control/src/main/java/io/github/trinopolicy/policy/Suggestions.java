package io.github.trinopolicy.policy;

import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.util.Comparator.comparingInt;
import static java.util.Locale.ENGLISH;

import java.util.Collection;
import java.util.Optional;

/// Finds the known name that a misspelt one probably means.
public final class Suggestions {
    private Suggestions() {
    }

    /// ` (did you mean 'x'?)` for the nearest of `known`, or nothing where none is near.
    public static String didYouMean(String misspelt, Collection<String> known) {
        return nearest(misspelt, known).map(" (did you mean '%s'?)"::formatted).orElse("");
    }

    static Optional<String> nearest(String misspelt, Collection<String> known) {
        record Candidate(String name, int distance) {}

        int limit = max(1, min(3, misspelt.length() / 3));
        String wanted = misspelt.toLowerCase(ENGLISH);
        return known.stream()
                .filter(name -> Math.abs(name.length() - misspelt.length()) <= limit)
                .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(ENGLISH))))
                .filter(candidate -> candidate.distance() <= limit)
                .min(comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int substitution = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = min(substitution, min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
