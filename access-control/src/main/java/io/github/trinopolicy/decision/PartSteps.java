package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSortedMap;
import io.github.trinopolicy.model.ColumnName;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// Tells where the steps of a path lead within a type.
final class PartSteps {
    private PartSteps() {
    }

    /// The parts that a step means, by position: fields of a row from 1; what an array or map holds as 0. As in the engine, letter case does not
    /// matter, so several fields of a row may go by one name.
    static SortedMap<Integer, Type> step(Type type, String step) {
        return switch (type) {
            case ArrayType array when step.equals(ColumnName.ELEMENTS) -> ImmutableSortedMap.of(0, array.getElementType());
            case MapType map when step.equals(ColumnName.ELEMENTS) -> ImmutableSortedMap.of(0, map.getValueType());
            case RowType row -> fields(row, step);
            default -> ImmutableSortedMap.of();
        };
    }

    private static SortedMap<Integer, Type> fields(RowType row, String step) {
        ImmutableSortedMap.Builder<Integer, Type> fields = ImmutableSortedMap.naturalOrder();
        for (int i = 0; i < row.getFields().size(); i++) {
            RowType.Field field = row.getFields().get(i);
            if (field.getName().filter(step::equalsIgnoreCase).isPresent()) {
                fields.put(i + 1, field.getType());
            }
        }
        return fields.build();
    }

    /// @param step one that a type does not allow
    /// @param there the steps that it allows
    record MissingStep(String step, Set<String> there) {}

    /// True where every field that a step means has the rest of the path.
    static boolean exist(Type type, List<String> path) {
        return missing(type, path).isEmpty();
    }

    /// The first step that leads nowhere.
    static Optional<MissingStep> missing(Type type, List<String> path) {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        SortedMap<Integer, Type> parts = step(type, path.getFirst());
        return parts.isEmpty()
                ? Optional.of(new MissingStep(path.getFirst(), from(type)))
                : parts.values().stream().flatMap(part -> missing(part, path.subList(1, path.size())).stream()).findFirst();
    }

    private static Set<String> from(Type type) {
        return switch (type) {
            case ArrayType _,MapType _ -> Set.of(ColumnName.ELEMENTS);
            case RowType row -> row.getFields().stream().map(RowType.Field::getName).flatMap(Optional::stream).collect(toImmutableSet());
            default -> Set.of();
        };
    }

    static boolean isSame(List<String> path, List<String> other) {
        if (path.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            if (!path.get(i).equalsIgnoreCase(other.get(i))) {
                return false;
            }
        }
        return true;
    }
}
