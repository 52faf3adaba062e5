package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Alphabet;
import io.github.trinopolicy.model.Mask.Constant;
import io.github.trinopolicy.model.Mask.Custom;
import io.github.trinopolicy.model.Mask.FormatPreserving;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.Hash;
import io.github.trinopolicy.model.Mask.Hierarchy;
import io.github.trinopolicy.model.Mask.KAnonymity;
import io.github.trinopolicy.model.Mask.LDiversity;
import io.github.trinopolicy.model.Mask.Mechanism;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads what follows `mask:`.
final class MaskReader {
    static final int DEFAULT_K = 5;

    static final ImmutableMap<String, ChronoUnit> UNITS = ImmutableMap.<String, ChronoUnit>builder().put("second", ChronoUnit.SECONDS)
            .put("minute", ChronoUnit.MINUTES).put("hour", ChronoUnit.HOURS).put("day", ChronoUnit.DAYS).put("week", ChronoUnit.WEEKS)
            .put("month", ChronoUnit.MONTHS).put("year", ChronoUnit.YEARS).buildOrThrow();

    private static final ImmutableMap<String, Mask.Type> TYPES = Stream.of(Mask.Type.values())
            .collect(ImmutableMap.toImmutableMap(Mask.Type::documentName, type -> type));
    private static final ImmutableMap<String, Alphabet> ALPHABETS = Wording.words(Alphabet.class);
    private static final ImmutableMap<String, NoMatch> NO_MATCH = Wording.words(NoMatch.class);
    private static final ImmutableMap<String, NullHandling> NULLS = Wording.words(NullHandling.class);
    private static final ImmutableMap<String, Unseen> UNSEEN = Wording.words(Unseen.class);
    private static final ImmutableMap<String, Mechanism> MECHANISMS = Wording.words(Mechanism.class);
    private static final ImmutableMap<String, Boolean> FINGERPRINT = ImmutableMap.of("fingerprint", true);

    private MaskReader() {
    }

    static Optional<Mask> mask(Value value) {
        return value.fields()
                .flatMap(fields -> fields.required("type", type -> type.word(TYPES)).flatMap(type -> switch (type) {
                    case NULL -> fields.build(Null::new);
                    case CONSTANT -> constant(fields);
                    case K_ANONYMITY -> kAnonymity(fields);
                    case RANDOMIZED_RESPONSE -> randomizedResponse(fields);
                    case HASH -> fields.build(Hash::new);
                    case FORMAT_PRESERVING -> formatPreserving(fields);
                    case REVERSIBLE -> reversible(fields);
                    case ROUNDING -> rounding(fields);
                    case REGEX -> regex(fields);
                    case CUSTOM -> custom(fields);
                }));
    }

    private static Optional<Mask> constant(Fields fields) {
        Optional<String> value = fields.required("value", Value::data);
        return fields.build(() -> new Constant(value.orElseThrow(Value::unreported)));
    }

    private static Optional<Mask> reversible(Fields fields) {
        boolean keepEquality = fields.bool("keep_equality", false);
        return fields.build(() -> new Reversible(keepEquality));
    }

    private static Optional<Mask> formatPreserving(Fields fields) {
        Optional<Alphabet> alphabet = fields.optional("alphabet", value -> value.word(ALPHABETS));
        return fields.build(() -> new FormatPreserving(alphabet));
    }

    private static Optional<Mask> regex(Fields fields) {
        Optional<String> pattern = fields.required("pattern", Value::nonBlankText);
        Optional<String> replacement = fields.required("replacement", Value::text);
        boolean firstOnly = fields.bool("first_only", false);
        NoMatch noMatch = fields.optional("no_match", value -> value.word(NO_MATCH)).orElse(NoMatch.NULL);
        return fields.build(() -> new Regex(pattern.orElseThrow(Value::unreported), replacement.orElseThrow(Value::unreported), firstOnly,
                noMatch));
    }

    private static Optional<Mask> rounding(Fields fields) {
        Optional<Granularity> granularity = fields.oneOf("bucket", "unit", "from").flatMap(key -> switch (key) {
            case "bucket" -> fields.required(key, MaskReader::bucket);
            case "unit" -> fields.required(key, value -> value.word(UNITS)).map(Granularity.Unit::new);
            default -> fields.required(key, value -> value.word(FINGERPRINT)).map(_ -> new Granularity.FromFingerprint());
        });
        return fields.build(() -> new Rounding(granularity.orElseThrow(Value::unreported)));
    }

    private static Optional<Granularity> bucket(Value value) {
        return value.positiveNumber().map(BigDecimal::toPlainString).map(Granularity.Bucket::new);
    }

    private static Optional<Mask> kAnonymity(Fields fields) {
        // a class of one row hides nobody
        int k = fields.optional("k", value -> value.integer(2, Integer.MAX_VALUE)).orElse(DEFAULT_K);
        boolean setLabels = fields.bool("set_labels", false);
        boolean keepNull = fields.bool("keep_null", true);
        List<String> strata = fields.optional("strata", value -> value.distinct(NameReader::column)).orElse(ImmutableList.of());
        Map<String, Hierarchy> hierarchies = fields
                .optional("hierarchies", value -> value.map(NameReader::column, MaskReader::hierarchy)).orElse(ImmutableMap.of());
        Optional<LDiversity> lDiversity = fields.optional("l_diversity", MaskReader::lDiversity);
        return fields.build(() -> new KAnonymity(k, setLabels, keepNull, strata, hierarchies, lDiversity));
    }

    private static Optional<Hierarchy> hierarchy(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<Boolean> prefix = fields.required("prefix", Value::bool);
            return fields.build(() -> new Hierarchy(prefix.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<LDiversity> lDiversity(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<String> column = fields.required("column", NameReader::column);
            Optional<Integer> l = fields.required("l", it -> it.integer(2, Integer.MAX_VALUE));
            return fields.build(() -> new LDiversity(column.orElseThrow(Value::unreported), l.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<Mask> randomizedResponse(Fields fields) {
        Optional<Noise> noise = fields.oneOf("epsilon", "replacement_rate").flatMap(key -> key.equals("epsilon")
                ? fields.required(key, value -> value.positiveNumber(1_000)).map(Noise.Epsilon::new)
                : fields.required(key, value -> value.positiveNumber(1)).map(Noise.ReplacementRate::new));
        Optional<List<String>> values = fields.optional("values", value -> value.someDistinct(Value::data));
        NullHandling nulls = fields.optional("nulls", value -> value.word(NULLS)).orElse(NullHandling.KEEP);
        Unseen unseen = fields.optional("unseen", value -> value.word(UNSEEN)).orElse(Unseen.UNIFORM);
        Optional<String> lower = fields.optional("lower", Value::data);
        Optional<String> upper = fields.optional("upper", Value::data);
        Optional<Mechanism> mechanism = fields.optional("mechanism", value -> value.word(MECHANISMS));
        return fields.build(
                () -> new RandomizedResponse(noise.orElseThrow(Value::unreported), values, nulls, unseen, lower, upper, mechanism));
    }

    private static Optional<Mask> custom(Fields fields) {
        Optional<String> expression = fields.required("expression", Value::nonBlankText);
        return fields.build(() -> new Custom(expression.orElseThrow(Value::unreported)));
    }
}
