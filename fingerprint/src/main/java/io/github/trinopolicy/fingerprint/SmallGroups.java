package io.github.trinopolicy.fingerprint;

/// How many rows must have something in common before a fingerprint says so.
final class SmallGroups {
    /// rows, of the sample and hence of the table
    static final int LEAST = 20;

    private static final int STEP = 5;

    private SmallGroups() {
    }

    /// A count as it is kept: 0 for a small group, else to the nearest five, so that two fingerprints that one row lies between seldom
    /// differ by it.
    static long kept(long count) {
        return count < LEAST ? 0 : Math.round(count / (double) STEP) * STEP;
    }
}
