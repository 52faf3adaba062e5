package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Project;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Looks for columns of a project with masked joins that are hashed into different forms, so that equal values do not join. Thread-safe.
final class JoinReviewer {
    private final MaskCatalogue catalogue;

    JoinReviewer(MaskCatalogue catalogue) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
    }

    /// @param columns the columns of a table
    /// @return findings about the project instead of a policy
    List<Finding> review(PolicySnapshot snapshot, Project project, Function<ObjectName, List<Column>> columns) {
        if (!project.maskedJoins()) {
            return ImmutableList.of();
        }
        // class of types, form, columns
        Map<String, SetMultimap<String, String>> forms = new TreeMap<>();
        snapshot.knownTables().stream().map(KnownTable::name)
                .filter(table -> project.dataSources().stream().anyMatch(dataSource -> dataSource.contains(table)))
                .forEach(table -> columns.apply(table).stream().filter(column -> isHashed(snapshot, table, column))
                        .forEach(column -> kind(column.type()).ifPresent(kind -> forms
                                .computeIfAbsent(kind, _ -> Multimaps.newSetMultimap(new TreeMap<>(), TreeSet::new))
                                .put(form(column.type()), table + "." + ObjectName.quoteWhereNeeded(column.name())))));
        return forms.entrySet().stream().filter(kind -> kind.getValue().keySet().size() > 1)
                .flatMap(kind -> findings(project, kind.getKey(), kind.getValue())).collect(toImmutableList());
    }

    private static Stream<Finding> findings(Project project, String kind, SetMultimap<String, String> forms) {
        return forms.entries().stream().map(form -> new Finding(project.name(),
                "hashes %s in several forms, which do not join; to %s:".formatted(kind, form.getKey()), form.getValue()));
    }

    private static boolean isHashed(PolicySnapshot snapshot, ObjectName name, Column column) {
        TableFacts table = TableFacts.of(snapshot, name);
        Set<String> tags = table.effectiveTags(column.name());
        return snapshot.maskings().concerning(name, tags).stream()
                .filter(masking -> masking.rules().stream().anyMatch(rule -> rule.mask().type() == Mask.Type.HASH))
                .anyMatch(masking -> masking.columns().match(table, column.name(), tags, column.type()).isPresent());
    }

    /// Of values of other types nobody expects that they join.
    private static Optional<String> kind(Type type) {
        return switch (type) {
            case VarcharType _,CharType _ -> Optional.of("text");
            case BigintType _,IntegerType _ -> Optional.of("numbers");
            default -> Optional.empty();
        };
    }

    private String form(Type type) {
        return catalogue.find(Mask.Type.HASH.documentName(), type).map(service -> switch (service.encoding().name()) {
            case "HEX_64" -> "64 hexadecimal digits";
            case "BASE32_26" -> "26 characters of Base32";
            case "BASE32_16" -> "16 characters of Base32";
            default -> type.getDisplayName();
        }).orElse("NULL");
    }
}
