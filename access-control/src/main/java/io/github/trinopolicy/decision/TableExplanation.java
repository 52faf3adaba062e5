package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A decision with everything that was weighed for it. Holds no text of a policy but what is left of it for the user in expressions.
///
/// @param masks for each column what decides, and then the other masks that select it, in the order in which they come
public record TableExplanation(TableDecision decision, Map<String, List<MaskVerdict>> masks) {
    public TableExplanation {
        requireNonNull(decision, "decision is null");
        masks = ImmutableMap.copyOf(masks);
    }

    /// A mask policy that selects a column, and what came of it.
    ///
    /// @param part name of the part that it is about, `address.city`; empty: the whole column
    /// @param expression SQL that replaces the whole column, where this is what decides
    public record MaskVerdict(Optional<String> part, Optional<String> policy, String effect, Optional<String> expression, String reason) {
        static MaskVerdict of(ColumnDecision decision, String more) {
            return new MaskVerdict(Optional.empty(), decision.policy(), decision.effect(), decision.expression(), decision.reason() + more);
        }

        static MaskVerdict without(String policy, String effect, String reason) {
            return new MaskVerdict(Optional.empty(), Optional.of(policy), effect, Optional.empty(), reason);
        }

        MaskVerdict ofPart(String name) {
            return new MaskVerdict(Optional.of(name), policy, effect, expression, reason);
        }
    }

    /// The masks of one column.
    public List<MaskVerdict> masks(String column) {
        return masks.getOrDefault(column, ImmutableList.of());
    }
}
