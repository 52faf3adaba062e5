package io.github.trinopolicy.service;

import static java.util.Objects.requireNonNull;

/// A statement of the service user.
///
/// @param credential the extra credential that lets it run
/// @param source what Trino shows as the source of the query, for resource groups
/// @param inMemory whether nothing of it may be kept anywhere, not to fetch it nor to try again
public record ServiceQuery(String user, String credential, String source, String sql, boolean inMemory) {
    public ServiceQuery {
        requireNonNull(user, "user is null");
        requireNonNull(credential, "credential is null");
        requireNonNull(source, "source is null");
        requireNonNull(sql, "sql is null");
    }

    public ServiceQuery(String user, String credential, String source, String sql) {
        this(user, credential, source, sql, false);
    }

    public static ServiceQuery inMemory(String user, String credential, String source, String sql) {
        return new ServiceQuery(user, credential, source, sql, true);
    }

    /// Leaves out what is secret.
    @Override
    public String toString() {
        return "ServiceQuery[%s]".formatted(source);
    }
}
