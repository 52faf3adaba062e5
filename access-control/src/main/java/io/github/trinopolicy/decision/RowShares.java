package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.policy.TrinoSql;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// Decides filters that show a stable share of the rows of a table. Thread-safe.
final class RowShares {
    private final MaskCatalogue catalogue;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    RowShares(MaskCatalogue catalogue, String catalog) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// What the table lacks for any such filter, in words that follow "there is".
    Optional<String> missing(PolicySnapshot snapshot, TableRow row) {
        List<String> columns = row.table().keyColumns();
        if (columns.isEmpty()) {
            return Optional.of("no key_columns in its DataSource");
        }
        Optional<String> unusable = columns.stream().flatMap(column -> missing(column, row).stream()).findFirst();
        return unusable.or(() -> key(snapshot, row.table()).isPresent()
                ? Optional.empty()
                : Optional.of("no minimize key; approve a column of it"));
    }

    private Optional<String> missing(String column, TableRow row) {
        return row.type(column)
                .map(type -> catalogue.servesAsRowKey(type)
                        ? Optional.<String>empty()
                        : Optional.of("no row key in its key column '%s' of type %s".formatted(column, type.getDisplayName())))
                .orElseGet(() -> Optional.of("no column '%s', one of its key_columns".formatted(column)));
    }

    /// @param row of a table that lacks nothing
    FilterDecision decide(String policy, double percent, PolicySnapshot snapshot, TableRow row) {
        List<String> columns = row.table().keyColumns();
        KeyReference key = key(snapshot, row.table()).orElseThrow();
        String share = "%s %% of the rows".formatted(BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString());
        String by = columns.stream().map("'%s'"::formatted).collect(joining(", "));
        return new FilterDecision(policy,
                Optional.of(TrinoSql.format(TrinoSql.minimizeCall(catalog, columns, key.id(), percent))),
                Optional.of("%s by %s".formatted(share, by)), "%s by %s are shown, always the same".formatted(share, by), false);
    }

    private static Optional<KeyReference> key(PolicySnapshot snapshot, TableFacts table) {
        return table.known().flatMap(known -> snapshot.primaryKey(known.id(), KeyFamily.MINIMIZE));
    }
}
