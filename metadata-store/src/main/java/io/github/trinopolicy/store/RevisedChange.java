package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

/// A change, with the revision that made it.
public record RevisedChange(Revision revision, RevisionChange change) {
    public RevisedChange {
        requireNonNull(revision, "revision is null");
        requireNonNull(change, "change is null");
    }
}
