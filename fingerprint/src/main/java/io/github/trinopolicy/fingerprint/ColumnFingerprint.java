package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Statistics of one column.
///
/// @param type as Trino writes it
/// @param nulls in the whole table
/// @param distinct estimate for the whole table; empty where the type's values are not counted
/// @param sampled values other than NULL that the parts below are counted over; 0 where there are none of them
/// @param numbers of numbers, dates and times
/// @param shapes of texts, see the function `shape`
/// @param values frequent ones, as keyed hashes
public record ColumnFingerprint(UUID column, String type, long nulls, OptionalLong distinct, long sampled,
        Optional<NumberSummary> numbers, Optional<TextSummary> text, FrequentCounts shapes, FrequentCounts values) {
    public ColumnFingerprint {
        requireNonNull(column, "column is null");
        requireNonNull(type, "type is null");
        checkArgument(nulls >= 0, "nulls is negative");
        requireNonNull(distinct, "distinct is null");
        checkArgument(sampled >= 0, "sampled is negative");
        requireNonNull(numbers, "numbers is null");
        requireNonNull(text, "text is null");
        requireNonNull(shapes, "shapes is null");
        requireNonNull(values, "values is null");
    }
}
