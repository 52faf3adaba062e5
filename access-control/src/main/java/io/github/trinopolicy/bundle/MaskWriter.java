package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Constant;
import io.github.trinopolicy.model.Mask.Custom;
import io.github.trinopolicy.model.Mask.FormatPreserving;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.Hash;
import io.github.trinopolicy.model.Mask.KAnonymity;
import io.github.trinopolicy.model.Mask.NoMatch;
import io.github.trinopolicy.model.Mask.Noise;
import io.github.trinopolicy.model.Mask.Null;
import io.github.trinopolicy.model.Mask.NullHandling;
import io.github.trinopolicy.model.Mask.RandomizedResponse;
import io.github.trinopolicy.model.Mask.Regex;
import io.github.trinopolicy.model.Mask.Reversible;
import io.github.trinopolicy.model.Mask.Rounding;
import io.github.trinopolicy.model.Mask.Unseen;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// Writes what follows `mask:`.
final class MaskWriter {
    private MaskWriter() {
    }

    static Node write(Mask mask) {
        MappingBuilder mapping = new MappingBuilder().put("type", mask.type().documentName());
        return switch (mask) {
            case Null _,Hash _ -> mapping.build();
            case Constant constant -> mapping.put("value", constant.value()).build();
            case Reversible reversible -> mapping.putUnless(false, "keep_equality", reversible.keepEquality()).build();
            case FormatPreserving format -> mapping.putIfPresent("alphabet", format.alphabet().map(Wording::word)).build();
            case Regex regex -> regex(mapping, regex);
            case Rounding rounding -> rounding(mapping, rounding.granularity());
            case KAnonymity anonymity -> kAnonymity(mapping, anonymity);
            case RandomizedResponse response -> randomizedResponse(mapping, response);
            case Custom custom -> mapping.put("expression", custom.expression()).build();
        };
    }

    private static Node regex(MappingBuilder mapping, Regex regex) {
        mapping.put("pattern", regex.pattern()).put("replacement", regex.replacement()).putUnless(false, "first_only", regex.firstOnly());
        return (regex.noMatch() == NoMatch.NULL ? mapping : mapping.put("no_match", Wording.word(regex.noMatch()))).build();
    }

    private static Node rounding(MappingBuilder mapping, Granularity granularity) {
        return switch (granularity) {
            case Granularity.Bucket bucket -> mapping.put("bucket", new BigDecimal(bucket.size())).build();
            case Granularity.Unit unit -> mapping.put("unit", word(unit.unit())).build();
            case Granularity.FromFingerprint _ -> mapping.put("from", "fingerprint").build();
        };
    }

    private static String word(ChronoUnit unit) {
        return MaskReader.UNITS.entrySet().stream().filter(entry -> entry.getValue() == unit).map(Map.Entry::getKey).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("rounding knows no unit " + unit));
    }

    private static Node kAnonymity(MappingBuilder mapping, KAnonymity mask) {
        if (mask.k() != MaskReader.DEFAULT_K) {
            mapping.put("k", mask.k());
        }
        mapping.putUnless(false, "set_labels", mask.setLabels()).putUnless(true, "keep_null", mask.keepNull())
                .putTexts("strata", mask.strata()).putMap("hierarchies", mask.hierarchies(),
                        hierarchy -> new MappingBuilder().put("prefix", hierarchy.prefix()).build());
        mask.lDiversity().ifPresent(
                diversity -> mapping.put("l_diversity", new MappingBuilder().put("column", diversity.column()).put("l", diversity.l())));
        return mapping.build();
    }

    private static Node randomizedResponse(MappingBuilder mapping, RandomizedResponse mask) {
        switch (mask.noise()) {
            case Noise.Epsilon epsilon -> mapping.put("epsilon", epsilon.epsilon());
            case Noise.ReplacementRate rate -> mapping.put("replacement_rate", rate.rate());
        }
        mapping.putTexts("values", mask.values().orElse(ImmutableList.of()));
        if (mask.nulls() != NullHandling.KEEP) {
            mapping.put("nulls", Wording.word(mask.nulls()));
        }
        if (mask.unseen() != Unseen.UNIFORM) {
            mapping.put("unseen", Wording.word(mask.unseen()));
        }
        return mapping.putIfPresent("lower", mask.lower()).putIfPresent("upper", mask.upper())
                .putIfPresent("mechanism", mask.mechanism().map(Wording::word)).build();
    }
}
