package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import java.util.Optional;

/// Turns a mask into an expression of exactly the column's type, or into NULL where it cannot serve the column. Thread-safe.
final class MaskCompiler {
    private final PartialEvaluator evaluator;
    private final MaskCatalogue catalogue;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    MaskCompiler(PartialEvaluator evaluator, MaskCatalogue catalogue, String catalog) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// @param fallback why the mask became NULL instead of what was asked for
    record CompiledMask(Expression expression, Optional<String> fallback) {
        private static CompiledMask of(Expression expression) {
            return new CompiledMask(expression, Optional.empty());
        }

        private static CompiledMask nullBecause(String reason) {
            return new CompiledMask(TrinoSql.nullValue(), Optional.of(reason));
        }
    }

    CompiledMask compile(Mask mask, PolicySnapshot snapshot, TableFacts table, Column column) {
        return switch (mask) {
            case Mask.Null _ -> CompiledMask.of(TrinoSql.nullValue());
            case Mask.Constant constant -> evaluator.literal(constant.value(), column.type())
                    .map(CompiledMask::of)
                    .orElseGet(() -> CompiledMask.nullBecause("the constant is no value of type " + column.type().getDisplayName()));
            case Mask.Hash _ -> keyed(mask, KeyFamily.HASH, snapshot, table, column);
            case Mask other -> CompiledMask.nullBecause("masks of type %s are not supported yet".formatted(other.type().documentName()));
        };
    }

    private CompiledMask keyed(Mask mask, KeyFamily family, PolicySnapshot snapshot, TableFacts table, Column column) {
        String type = mask.type().documentName();
        Optional<MaskCatalogue.Service> service = catalogue.find(type, column.type());
        if (service.isEmpty()) {
            return CompiledMask.nullBecause("%s does not serve type %s".formatted(type, column.type().getDisplayName()));
        }
        return table.known().flatMap(known -> snapshot.primaryKey(known.id(), family))
                .map(key -> CompiledMask.of(TrinoSql.maskingCall(catalog, service.get().function(), column.name(), key.id())))
                .orElseGet(() -> CompiledMask.nullBecause("the table has no %s key; register it".formatted(type)));
    }
}
