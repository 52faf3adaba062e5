package io.github.trinopolicy.masking;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.UUID;

/// How often a query used a function that gives out raw values, on one node and for one column. Counts, never values.
///
/// @param columnName the column as the query named it, resolved to its full name
/// @param columnId the identity of the column, which outlives its name
/// @param function for example `unmask`
/// @param unmasked how many values may be given out from now on; negative: so many of those recorded before were not
/// @param refused how many were not, since then: no token of this column, or the key is gone
public record UnmaskUse(String queryId, String user, String columnName, UUID columnId, String function, long unmasked, long refused) {
    public UnmaskUse {
        requireNonNull(queryId, "queryId is null");
        requireNonNull(user, "user is null");
        requireNonNull(columnName, "columnName is null");
        requireNonNull(columnId, "columnId is null");
        requireNonNull(function, "function is null");
        checkArgument(refused >= 0, "refused is negative");
    }

    /// The same use with other counts.
    public UnmaskUse counting(long unmasked, long refused) {
        return new UnmaskUse(queryId, user, columnName, columnId, function, unmasked, refused);
    }
}
