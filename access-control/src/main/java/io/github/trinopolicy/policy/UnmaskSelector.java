package io.github.trinopolicy.policy;

import io.github.trinopolicy.model.Policy;
import java.util.Optional;

/// What an unmask policy may select, and for whom.
public final class UnmaskSelector {
    private UnmaskSelector() {
    }

    /// What is wrong with the policy, as the end of a sentence about it.
    public static Optional<String> wrong(Policy.Unmask unmask) {
        if (unmask.columns().names().stream().anyMatch(name -> name.isPart())) {
            return Optional.of("an unmask policy selects whole columns; parts of a column cannot be unmasked");
        }
        return unmask.to() instanceof Policy.Beneficiary.AttributeMatchesTag && unmask.columns().tags().isEmpty()
                ? Optional.of("attribute_matches_tag needs columns that are selected by tags; write a condition instead")
                : Optional.empty();
    }
}
