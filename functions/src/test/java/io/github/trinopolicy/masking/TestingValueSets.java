package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.GENERIC_INTERNAL_ERROR;

import io.trino.spi.TrinoException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Sets that a test puts in. Thread-safe.
final class TestingValueSets implements ValueSets {
    private final Map<UUID, ValueSet> sets = new ConcurrentHashMap<>();

    TestingValueSets put(UUID reference, Set<String> values) {
        sets.put(reference, new ValueSet(values));
        return this;
    }

    @Override
    public ValueSet get(UUID reference) {
        ValueSet set = sets.get(reference);
        if (set == null) {
            throw new TrinoException(GENERIC_INTERNAL_ERROR, "This node has no set " + reference);
        }
        return set;
    }
}
