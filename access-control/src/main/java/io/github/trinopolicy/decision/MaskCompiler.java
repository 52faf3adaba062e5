package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.CompiledMask.Fallback;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TrinoSql;
import io.github.trinopolicy.policy.TypeChecker;
import io.github.trinopolicy.policy.UnresolvedColumnException;
import io.trino.sql.tree.Expression;
import java.util.Optional;
import java.util.stream.Stream;

/// Turns a mask into an expression of exactly the column's type, or into NULL where it cannot serve the column. Thread-safe.
final class MaskCompiler {
    private final PartialEvaluator evaluator;
    private final KeyedMasks keyedMasks;
    private final MaskFit fit;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    MaskCompiler(PartialEvaluator evaluator, MaskCatalogue catalogue, String catalog) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.fit = new MaskFit(catalogue);
        this.catalog = requireNonNull(catalog, "catalog is null");
        this.keyedMasks = new KeyedMasks(catalogue, catalog);
    }

    /// For one user. The reason of a fallback quotes no policy.
    CompiledMask compile(CompiledPolicy.Rule rule, PolicySnapshot snapshot, Subject subject, TableRow row, Column column) {
        return rule.expression()
                .map(expression -> custom(expression, subject, row.masking(column.name()), column))
                .orElseGet(() -> compile(rule.mask(), snapshot, joining(snapshot, subject, row.table()), row, column));
    }

    /// The project within which hashes of the table join those of others.
    private static Optional<Project> joining(PolicySnapshot snapshot, Subject subject, TableFacts table) {
        return subject.project().flatMap(snapshot::project).filter(Project::maskedJoins)
                .filter(project -> project.dataSources().stream().anyMatch(dataSource -> dataSource.contains(table.name())));
    }

    /// What the mask does not give, for some user or for all, in sentences without subject that may quote the policy.
    Stream<String> shortfalls(CompiledPolicy.Rule rule, PolicySnapshot snapshot, TableRow row, Column column) {
        if (rule.expression().isPresent()) {
            return fit.refusal(rule.expression().get(), row, column).stream()
                    .map(refusal -> new Fallback(Mask.Type.NULL, "the expression does not fit: " + refusal).sentence());
        }
        CompiledMask mask = compile(rule.mask(), snapshot, Optional.empty(), row, column);
        return Stream.concat(mask.fallback().stream().map(Fallback::sentence), mask.limit().stream().map("gives NULL for %s"::formatted));
    }

    private CompiledMask compile(Mask mask, PolicySnapshot snapshot, Optional<Project> joining, TableRow row, Column column) {
        Optional<String> refusal = fit.refusal(mask, column.type());
        boolean undoable = mask instanceof Mask.Reversible || mask instanceof Mask.FormatPreserving;
        if (refusal.isPresent() && undoable) {
            return keyedMasks.hashBecause(refusal.get(), snapshot, joining, row, column);
        }
        if (refusal.isPresent()) {
            return CompiledMask.nullBecause(refusal.get());
        }
        return switch (mask) {
            case Mask.Null _ -> CompiledMask.of(TrinoSql.nullValue());
            case Mask.Constant constant -> CompiledMask.of(evaluator.literal(constant.value(), column.type()).orElseThrow());
            case Mask.Hash _ -> keyedMasks.hash(snapshot, joining, row, column);
            case Mask.Reversible reversible -> keyedMasks.reversible(reversible, snapshot, joining, row, column);
            case Mask.FormatPreserving format -> keyedMasks.formatPreserving(format, snapshot, joining, row, column);
            case Mask.Regex regex -> CompiledMask.of(TrinoSql.regexCall(catalog, column.name(), regex));
            case Mask.Rounding rounding -> rounding(rounding.granularity(), row, column);
            case Mask other -> CompiledMask.nullBecause("masks of type %s are not supported yet".formatted(other.type().documentName()));
        };
    }

    private CompiledMask rounding(Granularity granularity, TableRow row, Column column) {
        return switch (granularity) {
            case Granularity.Bucket bucket ->
                CompiledMask.of(TrinoSql.maskingCall(catalog, "round_down", column.name(), bucket.size()));
            case Granularity.Unit unit ->
                CompiledMask.of(TrinoSql.maskingCall(catalog, "truncate", column.name(), MaskFit.timeUnit(unit.unit()).sqlName()));
            case Granularity.FromFingerprint _ -> row.identity(column).flatMap(KnownColumn::granularity)
                    .filter(chosen -> fit.refusal(new Mask.Rounding(chosen), column.type()).isEmpty())
                    .map(chosen -> rounding(chosen, row, column))
                    .orElseGet(() -> CompiledMask.nullBecause("no fingerprint of the table has chosen a size for the column yet"));
        };
    }

    /// The types are looked at once more when the user is known: Trino refuses each query of the table if it cannot take the expression.
    private CompiledMask custom(PolicyText text, Subject subject, TableRow row, Column column) {
        String reason = "the expression gives no value of type %s".formatted(column.type().getDisplayName());
        try {
            Expression expression = evaluator.evaluate(text, subject, row).expression();
            if (TypeChecker.refusal(text.expression(), column.type(), row).isPresent()
                    || TypeChecker.refusal(expression, column.type(), row).isPresent()) {
                return CompiledMask.nullBecause(reason);
            }
            return CompiledMask.of(TrinoSql.converted(catalog, expression, column.type(), text.total()));
        }
        catch (UnresolvedColumnException e) {
            return CompiledMask.nullBecause(reason);
        }
    }
}
