package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.UUID;

/// Format-preserving encryption of the dates of one column: a permutation of the million days from 0001-01-01. Dates outside have no result, so
/// that the masked value must be NULL. An instance belongs to one thread.
public final class FormatPreservingDate {
    private static final int DIGITS = 6;
    private static final long DAYS = 1_000_000;
    /// 0001-01-01 in days since 1970-01-01
    private static final long FIRST_DAY = -719_162;

    private final Ff1 ff1;

    /// Does not keep the data key.
    public FormatPreservingDate(DataKey dataKey, UUID column) {
        ff1 = Ff1.ofColumn(dataKey, column, 10);
    }

    /// @param epochDay in days since 1970-01-01
    public static boolean covers(long epochDay) {
        return epochDay >= FIRST_DAY && epochDay < FIRST_DAY + DAYS;
    }

    /// @param epochDay in days since 1970-01-01, as is the result
    /// @throws IllegalArgumentException if the date is not covered
    public long encrypt(long epochDay) {
        checkArgument(covers(epochDay), "The date is out of range");
        return ff1.encrypt(epochDay - FIRST_DAY, DIGITS) + FIRST_DAY;
    }

    /// The inverse of [#encrypt].
    public long decrypt(long epochDay) {
        checkArgument(covers(epochDay), "The date is out of range");
        return ff1.decrypt(epochDay - FIRST_DAY, DIGITS) + FIRST_DAY;
    }
}
