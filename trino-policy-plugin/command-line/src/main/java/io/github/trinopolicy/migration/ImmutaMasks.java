package io.github.trinopolicy.migration;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.NoMatch;
import io.github.trinopolicy.model.Mask.Noise;
import io.github.trinopolicy.model.Mask.NullHandling;
import io.github.trinopolicy.model.Mask.Unseen;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The masks of Immuta by the names of `maskingConfig.type`.
///
/// Documented are `Null`, `Hash`, `Consistent Value` and the names of the other types. Their parameters (`constant`, `regex`, `replacement`,
/// `global`, `bucketSize`, `timePrecision`, `k`, `replacementRate`, `expression`, on their own or within `metadata`) are from recollection.
/// What is not as expected here hides the column.
final class ImmutaMasks {
    private static final ImmutableMap<String, ChronoUnit> UNITS = ImmutableMap.of("minute", ChronoUnit.MINUTES, "hour", ChronoUnit.HOURS,
            "day", ChronoUnit.DAYS, "month", ChronoUnit.MONTHS, "year", ChronoUnit.YEARS);
    private static final int LEAST_K = 2;

    private final Remarks remarks;

    ImmutaMasks(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    Mask mask(Element config) {
        Element type = config.required("type");
        Optional<Mask> mask = switch (type.text().toLowerCase(ENGLISH).replaceAll("[^a-z]", "")) {
            case "null" -> Optional.of(new Mask.Null());
            case "constant" ->
                parameter(config, "constant").or(() -> parameter(config, "value")).map(Element::data).map(Mask.Constant::new);
            case "hash", "hashing", "consistentvalue" -> Optional.of(new Mask.Hash());
            case "reversible" -> Optional.of(new Mask.Reversible(true));
            case "formatpreserving", "formatpreservingmasking" -> Optional.of(new Mask.FormatPreserving(Optional.empty()));
            case "regex" -> regex(config);
            case "rounding", "grouping" -> rounding(config);
            case "kanonymization", "kanonymity" -> Optional.of(kAnonymity(config));
            case "randomizedresponse" -> parameter(config, "replacementRate").flatMap(ImmutaMasks::share)
                    .map(rate -> new Mask.RandomizedResponse(
                            new Noise.ReplacementRate(rate), Optional.empty(), NullHandling.KEEP, Unseen.UNIFORM, Optional.empty(),
                            Optional.empty(),
                            Optional.empty()));
            case "custom", "customfunction" ->
                parameter(config, "expression").or(() -> parameter(config, "function")).flatMap(this::custom);
            default -> Optional.empty();
        };
        return mask.orElseGet(() -> {
            remarks.unmigrated(type, "the mask %s".formatted(Wording.quoted(type.text())),
                    "it is not known, or its parameters are not understood; the column shows NULL", "write the mask anew");
            return new Mask.Null();
        });
    }

    private static Optional<Element> parameter(Element config, String name) {
        return config.optional(name)
                .or(() -> config.optional("metadata").filter(Element::isMapping).flatMap(metadata -> metadata.optional(name)));
    }

    private static Optional<Mask> regex(Element config) {
        Optional<Element> pattern = parameter(config, "regex").or(() -> parameter(config, "pattern"))
                .filter(text -> !text.text().isBlank());
        boolean caseInsensitive = parameter(config, "caseInsensitive").map(Element::bool).orElse(false);
        boolean global = parameter(config, "global").map(Element::bool).orElse(false);
        String replacement = parameter(config, "replacement").map(Element::text).orElse("");
        return pattern.map(text -> new Mask.Regex((caseInsensitive ? "(?i)" : "") + text.text(), replacement, !global, NoMatch.NULL));
    }

    private static Optional<Mask> rounding(Element config) {
        Optional<Mask> bucket = parameter(config, "bucketSize").flatMap(ImmutaMasks::positive)
                .map(size -> new Mask.Rounding(new Granularity.Bucket(size.toPlainString())));
        return bucket
                .or(() -> parameter(config, "timePrecision").map(unit -> UNITS.get(unit.text().toLowerCase(ENGLISH)))
                        .map(unit -> new Mask.Rounding(new Granularity.Unit(unit))));
    }

    private static Mask kAnonymity(Element config) {
        int k = parameter(config, "k").flatMap(ImmutaMasks::positive).filter(value -> value.stripTrailingZeros().scale() <= 0)
                .filter(value -> value.compareTo(BigDecimal.valueOf(LEAST_K)) >= 0
                        && value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0)
                .map(BigDecimal::intValueExact).orElse(5);
        return new Mask.KAnonymity(k, false, true, ImmutableList.of(), ImmutableMap.of(), Optional.empty());
    }

    private static Optional<BigDecimal> positive(Element element) {
        String text = element.data();
        return text.matches("[0-9]{1,20}(\\.[0-9]{1,20})?")
                ? Optional.of(new BigDecimal(text)).filter(value -> value.signum() > 0)
                : Optional.empty();
    }

    private static Optional<Double> share(Element element) {
        return positive(element).filter(value -> value.compareTo(BigDecimal.ONE) <= 0).map(BigDecimal::doubleValue);
    }

    private Optional<Mask> custom(Element expression) {
        try {
            return Optional.of(new ForeignSql().mask(ImmutaPredicate.translate(expression.text(), Scope.ROW)));
        }
        catch (PolicyTextException e) {
            remarks.unmigrated(expression, "a custom mask", "a policy may not say it: " + e.getMessage(), "write the mask anew");
            return Optional.empty();
        }
    }
}
