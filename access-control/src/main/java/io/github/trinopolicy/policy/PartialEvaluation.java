package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.trino.sql.tree.Expression;
import java.util.List;

/// What is left of a text once the user's entitlements are known.
///
/// @param droppedValues attribute names of which values did not fit the type of the column they were compared with
public record PartialEvaluation(Expression expression, List<String> droppedValues) {
    public PartialEvaluation {
        requireNonNull(expression, "expression is null");
        droppedValues = ImmutableList.copyOf(droppedValues);
    }
}
