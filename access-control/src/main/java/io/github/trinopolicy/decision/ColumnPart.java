package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSortedMap.toImmutableSortedMap;
import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A column or a part of one, with those of its parts that somebody named.
///
/// @param path from the column; empty for the column itself
/// @param variable stands for the part in expressions; the column itself stands for itself
/// @param within by position, as [PartSteps] counts
public record ColumnPart(List<String> path, Column variable, SortedMap<Integer, ColumnPart> within) {
    public ColumnPart {
        path = ImmutableList.copyOf(path);
        requireNonNull(variable, "variable is null");
        within = ImmutableSortedMap.copyOf(within);
    }

    /// @param paths such as the type of the column has
    /// @param columns names of all columns of the table
    static ColumnPart of(Column column, Collection<List<String>> paths, Set<String> columns) {
        return of(ImmutableList.of(), column, paths, new Variables(columns));
    }

    /// What stands for the part of a column that goes by a name: several where a row has several fields of the name, none where there is none.
    ///
    /// @param columns names of all columns of the table
    public static Stream<Column> named(Column column, ColumnName name, Set<String> columns) {
        if (!PartSteps.exist(column.type(), name.path())) {
            return Stream.empty();
        }
        ColumnPart whole = of(column, ImmutableList.of(name.path()), columns);
        return Stream.concat(Stream.of(whole), whole.inner()).filter(part -> PartSteps.isSame(part.path(), name.path()))
                .map(ColumnPart::variable);
    }

    /// Why the name is no name of a part of a column of the type, in a sentence; empty where it is one.
    public static Optional<String> mistake(Type type, ColumnName name) {
        return PartSteps.missing(type, name.path()).map(missing -> "column '%s' of type %s has no part %s%s".formatted(
                new ColumnName(name.table(), name.column(), ImmutableList.of()), type.getDisplayName(), Wording.quoted(missing.step()),
                Wording.didYouMean(missing.step(), missing.there())));
    }

    private static ColumnPart of(List<String> path, Column variable, Collection<List<String>> paths, Variables variables) {
        SortedMap<Integer, Type> types = new TreeMap<>();
        Map<Integer, List<List<String>>> rests = new TreeMap<>();
        paths.stream().filter(steps -> !steps.isEmpty())
                .forEach(steps -> PartSteps.step(variable.type(), steps.getFirst()).forEach((position, type) -> {
                    types.put(position, type);
                    rests.computeIfAbsent(position, _ -> new ArrayList<>()).add(steps.subList(1, steps.size()));
                }));
        return new ColumnPart(path, variable, rests.entrySet().stream().collect(toImmutableSortedMap(naturalOrder(), Map.Entry::getKey,
                entry -> of(append(path, step(variable.type(), entry.getKey())),
                        variables.next(requireNonNull(types.get(entry.getKey()), "type is null")), entry.getValue(), variables))));
    }

    private static String step(Type type, int position) {
        return type instanceof RowType row ? row.getFields().get(position - 1).getName().orElseThrow() : ColumnName.ELEMENTS;
    }

    private static List<String> append(List<String> path, String step) {
        return ImmutableList.<String>builder().addAll(path).add(step).build();
    }

    /// The parts within, the outer ones first.
    Stream<ColumnPart> inner() {
        return within.values().stream().flatMap(part -> Stream.concat(Stream.of(part), part.inner()));
    }

    /// The name of the part, `address.city`, as a bundle writes it after the name of the table.
    String name(ObjectName table, String column) {
        return new ColumnName(table, column, path).withinTable();
    }

    /// Names that no column of the table has, and that nobody writes into a policy by accident.
    private static final class Variables {
        private final String prefix;
        private int count;

        private Variables(Set<String> columns) {
            String free = "part$";
            while (anyStartsWith(columns, free)) {
                free += "$";
            }
            prefix = free;
        }

        private static boolean anyStartsWith(Set<String> columns, String prefix) {
            return columns.stream().anyMatch(column -> column.startsWith(prefix));
        }

        private Column next(Type type) {
            count++;
            return new Column(prefix + count, type);
        }
    }
}
