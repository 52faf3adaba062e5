package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.masking.Bucket;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.masking.TimeUnit;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Judgement;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.TypeChecker;
import io.trino.spi.type.CharType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells whether a mask can serve a column, and a condition a table. Thread-safe.
public final class MaskFit {
    private final PartialEvaluator evaluator = new PartialEvaluator();
    private final MaskCatalogue catalogue;

    public MaskFit(MaskCatalogue catalogue) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
    }

    /// Why the mask cannot serve a column of the type, as a clause; empty where it can. Of a mask of type `custom` this tells nothing.
    public Optional<String> refusal(Mask mask, Type type) {
        return switch (mask) {
            case Mask.Null _,Mask.Custom _ -> Optional.empty();
            case Mask.Constant constant ->
                refusedUnless(evaluator.literal(constant.value(), type).isPresent(), "the constant is no value of", type);
            case Mask.Regex _ -> refusedUnless(isText(type), "regex does not serve", type);
            case Mask.Rounding rounding -> refusal(rounding.granularity(), type);
            case Mask.FormatPreserving format when isText(type) && format.alphabet().isEmpty() ->
                Optional.of("format-preserving needs 'alphabet' (digits, lower, upper, letters or alphanumeric) for type %s"
                        .formatted(type.getDisplayName()));
            case Mask.Reversible _ when isText(type) -> refusedUnless(catalogue.find("reversible", type).isPresent(),
                    "tokens have at least %s characters, too many for".formatted(MaskCatalogue.SHORTEST_TOKEN), type);
            case Mask other -> {
                String name = other.type().documentName();
                yield refusedUnless(catalogue.find(name, type).isPresent(), name + " does not serve", type);
            }
        };
    }

    private static Optional<String> refusal(Granularity granularity, Type type) {
        return switch (granularity) {
            case Granularity.Bucket bucket ->
                refusedUnless(Bucket.of(bucket.size(), type).isPresent(), "%s is no size of buckets for".formatted(bucket.size()), type);
            case Granularity.Unit unit -> {
                TimeUnit timeUnit = timeUnit(unit.unit());
                yield refusedUnless(timeUnit.serves(type), "%s is no unit for".formatted(timeUnit.sqlName()), type);
            }
            case Granularity.FromFingerprint _ -> refusedUnless(
                    Bucket.of("1", type).isPresent() || Stream.of(TimeUnit.values()).anyMatch(unit -> unit.serves(type)),
                    "rounding does not serve", type);
        };
    }

    static boolean isText(Type type) {
        return type instanceof VarcharType || type instanceof CharType;
    }

    private static Optional<String> refusedUnless(boolean serves, String what, Type type) {
        return serves ? Optional.empty() : Optional.of("%s type %s".formatted(what, type.getDisplayName()));
    }

    /// Why the expression of a mask of type `custom` cannot stand for the column, for some user or for all; empty where it can. Quotes the
    /// expression.
    ///
    /// @param column one of the table, or what stands for a part of one
    public Optional<String> refusal(PolicyText expression, PolicySnapshot snapshot, ObjectName table, Collection<Column> columns,
            Column column) {
        TableRow row = TableRow.of(TableFacts.of(snapshot, table), columns);
        return refusal(expression, row.type(column.name()).isPresent() ? row : row.with(column), column);
    }

    /// Why Trino certainly does not take the text as a condition over the rows of the table; empty where it may. Quotes the text.
    public Optional<String> mistake(PolicyText condition, PolicySnapshot snapshot, ObjectName table, Collection<Column> columns) {
        return mistake(condition, TableRow.of(TableFacts.of(snapshot, table), columns));
    }

    /// The same for the condition of a mask of the column.
    public Optional<String> mistake(PolicyText condition, PolicySnapshot snapshot, ObjectName table, Collection<Column> columns,
            String column) {
        return mistake(condition, TableRow.of(TableFacts.of(snapshot, table), columns).masking(column));
    }

    static Optional<String> mistake(PolicyText condition, TableRow row) {
        Judgement judgement = TypeChecker.judge(condition.expression(), row);
        return judgement.verdict() == Judgement.Verdict.WRONG ? judgement.reason() : Optional.empty();
    }

    Optional<String> refusal(PolicyText expression, TableRow row, Column column) {
        return TypeChecker.refusal(expression.expression(), column.type(), row.masking(column.name()));
    }

    static TimeUnit timeUnit(ChronoUnit unit) {
        return switch (unit) {
            case SECONDS -> TimeUnit.SECOND;
            case MINUTES -> TimeUnit.MINUTE;
            case HOURS -> TimeUnit.HOUR;
            case DAYS -> TimeUnit.DAY;
            case WEEKS -> TimeUnit.WEEK;
            case MONTHS -> TimeUnit.MONTH;
            case YEARS -> TimeUnit.YEAR;
            case NANOS, MICROS, MILLIS, HALF_DAYS, DECADES, CENTURIES, MILLENNIA, ERAS, FOREVER ->
                throw new IllegalArgumentException("the format of bundles has no unit " + unit);
        };
    }
}
