package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// Who changes the store, and how and why; kept with the revision.
///
/// @param source where the change comes from, for example a commit
/// @param reason the author's words
/// @param action for example the name of the procedure
public record Act(String author, Optional<String> source, Optional<String> reason, String action) {
    public Act {
        requireNonNull(author, "author is null");
        requireNonNull(source, "source is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(action, "action is null");
    }
}
