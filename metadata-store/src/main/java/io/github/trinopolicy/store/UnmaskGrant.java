package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.UnmaskRight;
import java.time.Duration;
import java.util.Optional;

/// What the store says of a query and a column.
///
/// @param right empty: the query may not unmask the column
/// @param age how long ago its coordinator found that this holds
public record UnmaskGrant(Optional<UnmaskRight> right, Duration age) {
    public UnmaskGrant {
        requireNonNull(right, "right is null");
        requireNonNull(age, "age is null");
    }
}
