package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import java.util.Set;

/// Whose events somebody may read in the audit log, and how much of them.
public sealed interface AuditScope {
    /// Everything.
    record All() implements AuditScope {}

    /// His own, without the tables that he read through views of others, and, of those about objects that he owns, what is about these.
    ///
    /// @param owned tables, or what holds them
    record Of(String user, Set<ObjectName> owned) implements AuditScope {
        public Of {
            requireNonNull(user, "user is null");
            owned = ImmutableSet.copyOf(owned);
        }
    }
}
