package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.trino.sql.tree.Expression;
import java.util.Set;

/// A policy text that was parsed and found to be allowed. Immutable.
///
/// @param columns names of the columns it reads, in lower case
/// @param tags tags named by `column_tagged`
/// @param total true when evaluating it over a row cannot fail
public record PolicyText(String text, Expression expression, Set<String> columns, Set<String> tags, Names names, boolean total) {
    public PolicyText {
        requireNonNull(text, "text is null");
        requireNonNull(expression, "expression is null");
        columns = ImmutableSet.copyOf(columns);
        tags = ImmutableSet.copyOf(tags);
    }

    /// The declared names that a text relies on; a mistyped one in a negation would reveal, so each must exist.
    public record Names(Set<String> groups, Set<String> attributes, Set<String> purposes) {
        public Names {
            groups = ImmutableSet.copyOf(groups);
            attributes = ImmutableSet.copyOf(attributes);
            purposes = ImmutableSet.copyOf(purposes);
        }
    }
}
