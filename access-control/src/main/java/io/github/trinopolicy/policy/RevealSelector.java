package io.github.trinopolicy.policy;

import io.github.trinopolicy.model.ColumnSelector;
import java.util.Optional;

/// What a reveal policy may select. It undoes what tags have done, so it selects by tags; `types` and `not` narrow it.
public final class RevealSelector {
    private RevealSelector() {
    }

    /// What is wrong with the selector, as the end of a sentence about it.
    public static Optional<String> wrong(ColumnSelector selector) {
        return selector.tags().isEmpty() || !selector.names().isEmpty() || selector.pattern().isPresent() || !selector.in().isEmpty()
                ? Optional
                        .of("a reveal policy selects columns by tags alone; narrow them by 'types' or 'not', or write an 'exempt' into the "
                                + "masks that select otherwise")
                : Optional.empty();
    }
}
