package io.github.trinopolicy.decision;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.Policy.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a user may do with a governed table and how it looks to him, with the reasons.
///
/// @param filters in the order of the policies' names
/// @param columns by name, one for each column that was asked for
public record TableDecision(AccessDecision access, List<FilterDecision> filters, Map<String, ColumnDecision> columns) {
    static final String DOES_NOT_COMPILE = "the policy does not compile";

    public TableDecision {
        requireNonNull(access, "access is null");
        filters = ImmutableList.copyOf(filters);
        columns = ImmutableMap.copyOf(columns);
    }

    /// True when an exception lets the user see something that a policy hides from others.
    public boolean showsByException() {
        return filters.stream().anyMatch(FilterDecision::underException)
                || columns.values().stream().anyMatch(ColumnDecision::underException);
    }

    /// @param level empty: no access
    /// @param reasons one for each policy that was looked at
    /// @param outside why the user's project closes the table to him, in words that follow the name of the table
    public record AccessDecision(Optional<Level> level, List<Reason> reasons, Optional<String> outside) {
        public AccessDecision {
            reasons = ImmutableList.copyOf(reasons);
            checkArgument(level.isEmpty() || outside.isEmpty(), "a table outside of the project is not usable");
        }

        public boolean allows(Level wanted) {
            return level.filter(given -> given.includes(wanted)).isPresent();
        }

        /// The first policy that closes the table because it does not compile.
        public Optional<String> brokenPolicy() {
            return reasons.stream().filter(reason -> reason.reason().equals(DOES_NOT_COMPILE)).findFirst().map(Reason::policy);
        }
    }

    /// A policy and what came of it.
    public record Reason(String policy, String effect, String reason) {}

    /// @param expression SQL over the raw row; empty where the filter does not apply to the user
    /// @param words what the expression comes to, where it holds a key's identifier or a moment; empty: it speaks for itself
    public record FilterDecision(String policy, Optional<String> expression, Optional<String> words, String reason,
            boolean underException) {
        public FilterDecision {
            requireNonNull(policy, "policy is null");
            requireNonNull(expression, "expression is null");
            requireNonNull(words, "words is null");
            requireNonNull(reason, "reason is null");
        }

        /// A filter of which the expression speaks for itself.
        public FilterDecision(String policy, Optional<String> expression, String reason, boolean underException) {
            this(policy, expression, Optional.empty(), reason, underException);
        }
    }

    /// @param policy the policy that decided; empty where none did
    /// @param expression SQL that replaces the column; empty: the raw value
    /// @param underException true when a policy would have masked the column but an exception lets the user see it
    public record ColumnDecision(Optional<String> policy, Optional<String> expression, String effect, String reason,
            boolean underException) {}
}
