package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.airlift.slice.Slice;
import io.trino.spi.type.Int128;
import io.trino.spi.type.Type;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `value_in_set(value, reference)` at one call site: a look into a set that is loaded once. An instance belongs to one thread.
final class ValueInSetFunction {
    private final ValueSets valueSets;
    private final Type type;

    private @Nullable Slice reference;
    private Set<Object> values = ImmutableSet.of();

    /// @param type of the value
    ValueInSetFunction(ValueSets valueSets, Type type) {
        this.valueSets = requireNonNull(valueSets, "valueSets is null");
        this.type = requireNonNull(type, "type is null");
    }

    /// For integers, dates, and the unscaled value of short decimals.
    boolean word(long value, Slice set) {
        return values(set).contains(value);
    }

    /// For texts and identifiers.
    boolean slice(Slice value, Slice set) {
        return values(set).contains(value);
    }

    /// For the unscaled value of long decimals.
    boolean decimal(Int128 value, Slice set) {
        return values(set).contains(value);
    }

    boolean floating(double value, Slice set) {
        return values(set).contains(value + 0.0);
    }

    /// @param bits of the value, as the engine keeps it
    boolean real(long bits, Slice set) {
        return values(set).contains(Float.intBitsToFloat((int) bits) + 0.0f);
    }

    private Set<Object> values(Slice set) {
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (!set.equals(reference)) {
            // if the set cannot be had, nothing is left to compare with
            reference = null;
            values = valueSets.get(ReferenceText.parse(set, "set")).of(type);
            reference = set;
        }
        return values;
    }
}
