package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

/// The store cannot do what was asked. The message is one sentence for the user with the remedy, and holds no stored value.
public final class PolicyStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Category {
        /// no connection, or it was lost; nothing was changed
        UNREACHABLE,
        /// the connection was lost while a change was being committed; whether it was is not known
        UNKNOWN_OUTCOME,
        /// user or password are wrong
        LOGIN_REFUSED,
        /// server or schema are not of a version that this one can work with
        INCOMPATIBLE,
        /// the database answers, but is read-only, full or broken; nothing was changed, and the same may work later
        UNABLE,
        /// the database refused a statement
        REFUSED,
        /// what was asked contradicts what is stored
        CONFLICT,
    }

    private final Category category;

    PolicyStoreException(Category category, String message) {
        super(message);
        this.category = requireNonNull(category, "category is null");
    }

    PolicyStoreException(Category category, String message, Throwable cause) {
        super(message, cause);
        this.category = requireNonNull(category, "category is null");
    }

    public Category category() {
        return category;
    }
}
