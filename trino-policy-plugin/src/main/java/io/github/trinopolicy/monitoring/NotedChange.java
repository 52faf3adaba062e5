package io.github.trinopolicy.monitoring;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// Something that became of governed tables, be it in the engine, in the data or in what is said of them.
///
/// @param kind in the words of the table `schema_events`
/// @param object empty for a policy
/// @param policy empty for everything else
/// @param user who did it; empty where it was found
public record NotedChange(Instant at, String kind, Optional<ObjectName> object, Optional<String> policy, Optional<String> column,
        Optional<String> before, Optional<String> after, Optional<String> user, Optional<String> query, OptionalLong job,
        OptionalLong version) {
    public NotedChange {
        requireNonNull(at, "at is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(object, "object is null");
        requireNonNull(policy, "policy is null");
        requireNonNull(column, "column is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
        requireNonNull(user, "user is null");
        requireNonNull(query, "query is null");
        requireNonNull(job, "job is null");
        requireNonNull(version, "version is null");
    }
}
