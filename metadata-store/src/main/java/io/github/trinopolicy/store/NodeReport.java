package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/// What a node says of itself.
///
/// @param cluster which of those that share the store; empty where it has no name
/// @param version what it works with; empty before its first load
/// @param keyFingerprint the [io.github.trinopolicy.keys.KeyProvider#id] of its provider
/// @param enforcing whether the access control is active there
/// @param startedAt by its own clock
/// @param keyProblem why it cannot unwrap keys of the store; empty when it can, as far as it has tried
public record NodeReport(
        Optional<String> cluster,
        String nodeId,
        boolean coordinator,
        Optional<StoreVersion> version,
        String keyFingerprint,
        boolean enforcing,
        Instant startedAt,
        Optional<String> keyProblem) {
    public NodeReport {
        requireNonNull(cluster, "cluster is null");
        requireNonNull(nodeId, "nodeId is null");
        requireNonNull(version, "version is null");
        requireNonNull(keyFingerprint, "keyFingerprint is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(keyProblem, "keyProblem is null");
    }
}
