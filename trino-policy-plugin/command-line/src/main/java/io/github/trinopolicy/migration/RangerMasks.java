package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.RangerPolicy.Transformation;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.NoMatch;
import io.github.trinopolicy.policy.PolicyTextException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The masks of Ranger by their names.
final class RangerMasks {
    private static final String REDACTED = "regexp_replace(regexp_replace(regexp_replace(masked_column(), '[A-Z]', 'X'), '[a-z]', 'x'), "
            + "'[0-9]', 'n')";

    private final Remarks remarks;

    RangerMasks(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    /// Empty where the value is shown.
    Optional<Mask> mask(Transformation transformation) {
        return switch (transformation.type()) {
            case "MASK_NONE" -> Optional.empty();
            case "MASK_NULL" -> Optional.of(new Mask.Null());
            case "MASK_HASH" -> Optional.of(new Mask.Hash());
            case "MASK" -> Optional.of(new Mask.Custom(REDACTED));
            case "MASK_SHOW_LAST_4" -> Optional.of(new Mask.Regex(".(?=.{4})", "x", false, NoMatch.NULL));
            case "MASK_SHOW_FIRST_4" -> Optional.of(new Mask.Regex("(?<=.{4}).", "x", false, NoMatch.NULL));
            case "MASK_DATE_SHOW_YEAR" -> Optional.of(new Mask.Rounding(new Granularity.Unit(ChronoUnit.YEARS)));
            case "CUSTOM" -> Optional.of(custom(transformation));
            default ->
                Optional.of(hidden(transformation, "the mask %s".formatted(Wording.quoted(transformation.type())), "it is not known"));
        };
    }

    private Mask custom(Transformation transformation) {
        try {
            return new ForeignSql()
                    .mask(new ForeignSql().rowText(transformation.text().replace("{col}", "masked_column()"), Optional.empty()));
        }
        catch (PolicyTextException e) {
            return hidden(transformation, "a custom mask", "a policy may not say it: " + e.getMessage());
        }
    }

    private Mask hidden(Transformation transformation, String what, String why) {
        remarks.unmigrated(transformation.element(), what, why + "; the column shows NULL", "write the mask anew");
        return new Mask.Null();
    }
}
