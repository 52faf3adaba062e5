package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What a revision did to one thing.
///
/// @param kind a document name of [io.github.trinopolicy.model.Kind], [#KNOWN_TABLE], [#DATA_KEY], [#CURRENT_PROJECT] or
///     [#ATTRIBUTE_READING]
/// @param name of the object or table; identifier of the key; user of a current project; attribute source that was read
/// @param origin of an object; empty for everything else
/// @param sourceBefore the bundle that owned the object; empty when none did, and for everything that is no object
/// @param before empty when it was not there
/// @param after empty when it was removed
public record RevisionChange(String kind, String name, Optional<Origin> origin, Optional<String> sourceBefore,
        Optional<String> before, Optional<String> after) {
    public static final String KNOWN_TABLE = "KnownTable";
    public static final String DATA_KEY = "DataKey";
    public static final String CURRENT_PROJECT = "CurrentProject";
    public static final String ATTRIBUTE_READING = "AttributeReading";

    public RevisionChange {
        requireNonNull(kind, "kind is null");
        requireNonNull(name, "name is null");
        requireNonNull(origin, "origin is null");
        requireNonNull(sourceBefore, "sourceBefore is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
    }

    /// Leaves the documents out: they may hold entitlements.
    @Override
    public String toString() {
        return "RevisionChange[%s %s]".formatted(kind, name);
    }
}
