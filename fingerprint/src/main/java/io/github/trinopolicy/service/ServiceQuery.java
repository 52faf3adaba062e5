package io.github.trinopolicy.service;

import static java.util.Objects.requireNonNull;

/// A statement of the service user.
///
/// @param credential the extra credential that lets it run
/// @param source what Trino shows as the source of the query, for resource groups
public record ServiceQuery(String user, String credential, String source, String sql) {
    public ServiceQuery {
        requireNonNull(user, "user is null");
        requireNonNull(credential, "credential is null");
        requireNonNull(source, "source is null");
        requireNonNull(sql, "sql is null");
    }

    /// Leaves out what is secret.
    @Override
    public String toString() {
        return "ServiceQuery[%s]".formatted(source);
    }
}
