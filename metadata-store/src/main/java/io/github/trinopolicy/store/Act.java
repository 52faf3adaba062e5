package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// Who changes the store, and how and why; kept with the revision.
///
/// @param source where the change comes from, for example a commit
/// @param reason the author's words
/// @param action for example the name of the procedure
/// @param call the query by which the author did it; empty for what nodes do by themselves or after the query. The audit log alone keeps it
public record Act(String author, Optional<String> source, Optional<String> reason, String action, Optional<Call> call) {
    /// @param originalUser who logged in, where he acts as the author
    public record Call(String queryId, Optional<String> originalUser) {
        public Call {
            requireNonNull(queryId, "queryId is null");
            requireNonNull(originalUser, "originalUser is null");
        }
    }

    public Act {
        requireNonNull(author, "author is null");
        requireNonNull(source, "source is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(action, "action is null");
        requireNonNull(call, "call is null");
    }

    /// An act without a query.
    public Act(String author, Optional<String> source, Optional<String> reason, String action) {
        this(author, source, reason, action, Optional.empty());
    }
}
