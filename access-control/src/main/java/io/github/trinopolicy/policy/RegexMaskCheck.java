package io.github.trinopolicy.policy;

import io.github.trinopolicy.masking.InvalidPatternException;
import io.github.trinopolicy.masking.InvalidReplacementException;
import io.github.trinopolicy.masking.RegexReplacement;
import io.github.trinopolicy.model.Mask;
import java.util.Optional;

/// Checks what a mask of type `regex` says.
public final class RegexMaskCheck {
    private RegexMaskCheck() {
    }

    /// @param key of the mask under which the mistake stands
    public record Mistake(String key, String message) {}

    public static Optional<Mistake> mistake(Mask.Regex mask) {
        try {
            RegexReplacement.compile(mask.pattern(), mask.replacement());
            return Optional.empty();
        }
        catch (InvalidPatternException e) {
            return Optional.of(new Mistake("pattern", "the pattern is no regular expression: " + e.getMessage()));
        }
        catch (InvalidReplacementException e) {
            return Optional.of(new Mistake("replacement", String.valueOf(e.getMessage())));
        }
    }
}
