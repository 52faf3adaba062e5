package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;

/// What is known of the lengths of texts.
///
/// @param meanLength in characters, to one decimal place
/// @param blank texts of the sample without any character but spaces; 0 for a small group
public record TextSummary(double meanLength, long blank) {
    public TextSummary {
        checkArgument(meanLength >= 0 && Double.isFinite(meanLength), "meanLength is no length");
        checkArgument(blank == SmallGroups.kept(blank), "blank counts a small group");
    }

    static TextSummary of(double meanLength, long blank) {
        return new TextSummary(Math.round(meanLength * 10) / 10.0, SmallGroups.kept(blank));
    }
}
