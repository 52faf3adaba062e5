package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.policy.SampleStatement;

/// How a query came in, as Trino told it before it analyzed it.
///
/// @param sql the statement itself, also of a prepared one
/// @param forAnother whether the session has another user than the one who logged in
/// @param spooled whether the client asked for results that may be written to storage and fetched from there, and the server does so
/// @param retried whether Trino keeps intermediate results to try again
public record SubmittedQuery(String sql, boolean forAnother, boolean spooled, boolean retried) {
    public SubmittedQuery {
        requireNonNull(sql, "sql is null");
    }

    /// True when the statement shows rows of a sample, and can do nothing else with them.
    public boolean showsSampleOnly() {
        return SampleStatement.isSampleAlone(sql);
    }

    /// Leaves out the statement, which may hold a secret.
    @Override
    public String toString() {
        return "SubmittedQuery[forAnother=%s, spooled=%s, retried=%s]".formatted(forAnother, spooled, retried);
    }
}
