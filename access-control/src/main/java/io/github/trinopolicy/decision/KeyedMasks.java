package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.UnmaskRight.LiteralMask;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/// Makes the expressions of masks under a data key, on columns that they can serve. Where there is no key: a hash for what can be undone, and
/// NULL for a hash. Thread-safe.
final class KeyedMasks {
    private static final String HASH = "hash";
    private static final String EQUAL = "reversible_equal";
    private static final String FORMAT_PRESERVING = "format_preserving";

    private final MaskCatalogue catalogue;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    KeyedMasks(MaskCatalogue catalogue, String catalog) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// @param joining the project with the key of which the table hashes, for its tables to join
    CompiledMask hash(PolicySnapshot snapshot, Optional<Project> joining, TableRow row, Column column) {
        return catalogue.find(Mask.Type.HASH.documentName(), column.type()).map(service -> joining.map(Project::id)
                .or(() -> row.table().known().map(KnownTable::id)).flatMap(id -> snapshot.primaryKey(id, KeyFamily.HASH))
                .map(key -> CompiledMask.of(TrinoSql.maskingCall(catalog, service.function(), column.name(), key.id())))
                .orElseGet(() -> CompiledMask.nullBecause("the table has no hash key; register it")))
                .orElseGet(() -> CompiledMask.nullBecause("hash does not serve type %s".formatted(column.type().getDisplayName())));
    }

    /// The hash in place of a mask that can be undone; NULL where no hash serves the column.
    CompiledMask hashBecause(String reason, PolicySnapshot snapshot, Optional<Project> joining, TableRow row, Column column) {
        CompiledMask hash = hash(snapshot, joining, row, column);
        return hash.insteadBecause(hash.fallback().isPresent() ? Mask.Type.NULL : Mask.Type.HASH, reason);
    }

    CompiledMask reversible(Mask.Reversible mask, PolicySnapshot snapshot, Optional<Project> joining, TableRow row, Column column) {
        return ofColumn(KeyFamily.REVERSIBLE, mask, snapshot, joining, row, column, (key, id) -> {
            if (mask.keepEquality()) {
                return TrinoSql.maskingCall(catalog, EQUAL, column.name(), key, id);
            }
            return hasRowKey(row)
                    ? TrinoSql.reversibleCall(catalog, column.name(), key, id, row.table().keyColumns())
                    : TrinoSql.maskingCall(catalog, "reversible_random", column.name(), key, id);
        }).limitedTo(catalogue.longestReversible(column.type())
                .map(bytes -> "values of more than %s bytes, of which the tokens do not fit".formatted(bytes)));
    }

    CompiledMask formatPreserving(Mask.FormatPreserving mask, PolicySnapshot snapshot, Optional<Project> joining, TableRow row,
            Column column) {
        return ofColumn(KeyFamily.FORMAT_PRESERVING, mask, snapshot, joining, row, column, (key, id) -> mask.alphabet()
                .filter(_ -> MaskFit.isText(column.type()))
                .map(alphabet -> TrinoSql.maskingCall(catalog, FORMAT_PRESERVING, column.name(), key, id, Wording.word(alphabet)))
                .orElseGet(() -> TrinoSql.maskingCall(catalog, FORMAT_PRESERVING, column.name(), key, id)));
    }

    /// @param expression of the id of the key and that of the column, which a part shares with the whole
    private CompiledMask ofColumn(KeyFamily family, Mask mask, PolicySnapshot snapshot, Optional<Project> joining, TableRow row,
            Column column, BiFunction<String, String, Expression> expression) {
        Optional<KeyReference> key = row.table().known().flatMap(table -> snapshot.primaryKey(table.id(), family));
        if (key.isEmpty()) {
            String reason = "the table has no %s key; register it".formatted(mask.type().documentName());
            return hashBecause(reason, snapshot, joining, row, column);
        }
        return row.identity(column)
                .map(identity -> CompiledMask.of(expression.apply(key.get().id().toString(), identity.id().toString())))
                .orElseGet(() -> hashBecause("the column is not approved", snapshot, joining, row, column));
    }

    /// What of an expression made here masks one value by itself; empty for every other expression.
    static Optional<LiteralMask> literalMask(String catalog, Expression expression) {
        return TrinoSql.maskingCall(catalog, expression).flatMap(call -> switch (call.function()) {
            case HASH, EQUAL ->
                Optional.of(new LiteralMask(call.function(), UUID.fromString(call.parameters().getFirst()), Optional.empty()));
            case FORMAT_PRESERVING -> Optional.of(new LiteralMask(call.function(), UUID.fromString(call.parameters().getFirst()),
                    call.parameters().stream().skip(2).findFirst()));
            default -> Optional.empty();
        });
    }

    private boolean hasRowKey(TableRow row) {
        List<String> columns = row.table().keyColumns();
        return !columns.isEmpty()
                && columns.stream().allMatch(column -> row.type(column).filter(catalogue::servesAsRowKey).isPresent());
    }
}
