package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ObjectName;
import io.trino.testing.MaterializedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Columns of random nested types, with random masks on random parts of them, and what these masks come to, told without the engine.
final class RandomParts {
    private static final List<String> FIELDS = List.of("a", "B c", "x\"y", "order");

    private final Random random;
    private final List<Nested> types;
    private Map<Integer, Map<List<String>, PartMask>> masks = Map.of();
    private int maskedValues;

    RandomParts(Random random, int columns) {
        this.random = requireNonNull(random, "random is null");
        this.types = IntStream.range(0, columns).mapToObj(_ -> type(3)).toList();
    }

    private sealed interface Nested {
        String sql();

        record Leaf(boolean number) implements Nested {
            @Override
            public String sql() {
                return number ? "bigint" : "varchar";
            }
        }

        record Array(Nested element) implements Nested {
            @Override
            public String sql() {
                return "array(%s)".formatted(element.sql());
            }
        }

        record Dictionary(Nested value) implements Nested {
            @Override
            public String sql() {
                return "map(varchar, %s)".formatted(value.sql());
            }
        }

        record Fields(List<Nested> fields) implements Nested {
            @Override
            public String sql() {
                return IntStream.range(0, fields.size())
                        .mapToObj(i -> "\"%s\" %s".formatted(FIELDS.get(i).replace("\"", "\"\""), fields.get(i).sql()))
                        .collect(joining(", ", "row(", ")"));
            }
        }
    }

    /// @param applies whether it masks the value in the row of an id
    private record PartMask(String text, Condition applies, Replacement replacement) {}

    private interface Condition {
        boolean applies(@Nullable Object value, long id);
    }

    private interface Replacement {
        @Nullable
        Object of(@Nullable Object value, long id);
    }

    private Nested type(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(depth == 3 ? 1 : 0, 4)) {
            case 1 -> new Nested.Array(type(depth - 1));
            case 2 -> new Nested.Dictionary(type(depth - 1));
            case 3 -> new Nested.Fields(IntStream.rangeClosed(0, random.nextInt(1, FIELDS.size())).mapToObj(_ -> type(depth - 1)).toList());
            default -> new Nested.Leaf(random.nextBoolean());
        };
    }

    String columnDefinitions() {
        return IntStream.range(0, types.size()).mapToObj(i -> "c%s %s".formatted(i, types.get(i).sql())).collect(joining(", "));
    }

    String rows(int count) {
        return LongStream.range(0, count).mapToObj(id -> "(%s, %s)".formatted(id, types.stream().map(this::value).collect(joining(", "))))
                .collect(joining(", "));
    }

    private String value(Nested type) {
        if (random.nextInt(6) == 0) {
            return "CAST(NULL AS %s)".formatted(type.sql());
        }
        return switch (type) {
            case Nested.Leaf leaf -> leaf.number() ? String.valueOf(random.nextInt(-20, 20)) : "'%s'".formatted(text());
            case Nested.Array array -> "CAST(ARRAY[%s] AS %s)".formatted(values(array.element(), random.nextInt(3)), type.sql());
            case Nested.Dictionary map -> {
                int size = random.nextInt(3);
                String keys = IntStream.range(0, size).mapToObj("'k%s'"::formatted).collect(joining(", "));
                yield "CAST(MAP(ARRAY[%s], ARRAY[%s]) AS %s)".formatted(keys, values(map.value(), size), type.sql());
            }
            case Nested.Fields row -> "CAST(ROW(%s) AS %s)".formatted(row.fields().stream().map(this::value).collect(joining(", ")),
                    type.sql());
        };
    }

    private String values(Nested type, int count) {
        return IntStream.range(0, count).mapToObj(_ -> value(type)).collect(joining(", "));
    }

    private String text() {
        return List.of("a", "m", "zebra", "17", "").get(random.nextInt(5));
    }

    /// Chooses other masks.
    List<String> policies(String table) {
        masks = new HashMap<>();
        List<String> policies = new ArrayList<>();
        for (int column = 0; column < types.size(); column++) {
            Map<List<String>, PartMask> chosen = new LinkedHashMap<>();
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                List<String> path = new ArrayList<>();
                Nested part = part(types.get(column), path);
                chosen.putIfAbsent(List.copyOf(path), mask(part));
            }
            masks.put(column, chosen);
            for (Map.Entry<List<String>, PartMask> entry : chosen.entrySet()) {
                policies.add("""
                        {kind: Policy, name: p%s, type: mask, columns: {names: ['%s']}, %s}
                        """.formatted(policies.size(), new ColumnName(ObjectName.parse(table), "c" + column, entry.getKey()),
                        entry.getValue().text()));
            }
        }
        return policies;
    }

    private Nested part(Nested type, List<String> path) {
        if (!path.isEmpty() && random.nextInt(4) == 0) {
            return type;
        }
        return switch (type) {
            case Nested.Leaf _ -> type;
            case Nested.Array array -> step(path, ColumnName.ELEMENTS, array.element());
            case Nested.Dictionary map -> step(path, ColumnName.ELEMENTS, map.value());
            case Nested.Fields row -> {
                int field = random.nextInt(row.fields().size());
                yield step(path, FIELDS.get(field), row.fields().get(field));
            }
        };
    }

    private Nested step(List<String> path, String step, Nested type) {
        path.add(step);
        return part(type, path);
    }

    private PartMask mask(Nested type) {
        PartMask always = switch (type) {
            case Nested.Leaf(boolean number) when number -> switch (random.nextInt(4)) {
                case 0 -> mask("'null'", (_, _) -> null);
                case 1 -> mask("constant, value: '7'", (_, _) -> 7L);
                case 2 -> mask("rounding, bucket: 10", present(value -> Math.floorDiv((long) value, 10L) * 10));
                default -> mask("custom, expression: \"masked_column() + id\"", (value, id) -> value == null ? null : (long) value + id);
            };
            case Nested.Leaf _ -> switch (random.nextInt(4)) {
                case 0 -> mask("'null'", (_, _) -> null);
                case 1 -> mask("constant, value: x", (_, _) -> "x");
                case 2 -> mask("regex, pattern: '[a-m]', replacement: '*', no_match: keep",
                        present(value -> ((String) value).replaceAll("[a-m]", "*")));
                default -> mask("custom, expression: \"CAST(CAST(masked_column() AS bigint) + 1 AS varchar)\"",
                        present(value -> value.equals("17") ? "18" : null));
            };
            default -> random.nextBoolean()
                    ? mask("'null'", (_, _) -> null)
                    : mask("custom, expression: \"IF(id % 2 = 0, masked_column())\"", (value, id) -> id % 2 == 0 ? value : null);
        };
        return switch (random.nextInt(3)) {
            case 0 -> new PartMask(always.text() + ", condition: \"id % 3 = 0\"", (_, id) -> id % 3 == 0, always.replacement());
            case 1 -> switch (type) {
                // fails for 3
                case Nested.Leaf(boolean number) when number ->
                    new PartMask(always.text() + ", condition: \"10 / (masked_column() - 3) > 0\"",
                            (value, _) -> value == null || (long) value == 3 || 10 / ((long) value - 3) > 0, always.replacement());
                case Nested.Leaf _ -> new PartMask(always.text() + ", condition: \"masked_column() <> 'a'\"",
                        (value, _) -> !"a".equals(value), always.replacement());
                default -> always;
            };
            default -> always;
        };
    }

    private static PartMask mask(String text, Replacement replacement) {
        return new PartMask("mask: {type: %s}".formatted(text), (_, _) -> true, replacement);
    }

    private static Replacement present(Function<Object, @Nullable Object> replacement) {
        return (value, _) -> value == null ? null : replacement.apply(value);
    }

    /// @param row the id, then the columns
    List<@Nullable Object> masked(List<@Nullable Object> row) {
        long id = (long) requireNonNull(row.getFirst(), "id is null");
        List<@Nullable Object> result = new ArrayList<>();
        result.add(id);
        for (int column = 0; column < types.size(); column++) {
            result.add(masked(types.get(column), row.get(column + 1), masks.getOrDefault(column, Map.of()), List.of(), id));
        }
        return result;
    }

    private @Nullable Object masked(Nested type, @Nullable Object raw, Map<List<String>, PartMask> chosen, List<String> path, long id) {
        PartMask mask = chosen.get(path);
        Object value = raw;
        if (mask != null && mask.applies().applies(raw, id)) {
            value = mask.replacement().of(raw, id);
            maskedValues++;
        }
        if (value == null) {
            return null;
        }
        return switch (type) {
            case Nested.Leaf _ -> value;
            case Nested.Array array -> {
                List<@Nullable Object> elements = new ArrayList<>();
                list(value)
                        .forEach(element -> elements.add(masked(array.element(), element, chosen, append(path, ColumnName.ELEMENTS), id)));
                yield elements;
            }
            case Nested.Dictionary map -> {
                Map<Object, @Nullable Object> values = new HashMap<>();
                map(value).forEach((key, old) -> values.put(key, masked(map.value(), old, chosen, append(path, ColumnName.ELEMENTS), id)));
                yield values;
            }
            case Nested.Fields row -> {
                List<@Nullable Object> fields = new ArrayList<>();
                for (int i = 0; i < row.fields().size(); i++) {
                    fields.add(masked(row.fields().get(i), list(value).get(i), chosen, append(path, FIELDS.get(i)), id));
                }
                yield fields;
            }
        };
    }

    private static List<String> append(List<String> path, String step) {
        List<String> result = new ArrayList<>(path);
        result.add(step);
        return List.copyOf(result);
    }

    /// How many masks have been put on a value so far.
    int maskedValues() {
        return maskedValues;
    }

    String described() {
        return IntStream.range(0, types.size()).mapToObj(column -> "c%s %s: %s".formatted(column, types.get(column).sql(),
                masks.getOrDefault(column, Map.of()).entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue().text()).collect(joining("; "))))
                .collect(joining("\n", "\n", "\n"));
    }

    /// A row of the engine as a list, in it rows as lists.
    static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case MaterializedRow row -> plain(row.getFields());
            case List<?> list -> {
                List<@Nullable Object> result = new ArrayList<>();
                list.forEach(element -> result.add(plain(element)));
                yield result;
            }
            case Map<?, ?> map -> {
                Map<@Nullable Object, @Nullable Object> result = new HashMap<>();
                map.forEach((key, element) -> result.put(key, plain(element)));
                yield result;
            }
            case null -> null;
            default -> value;
        };
    }

    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object value) {
        return (List<@Nullable Object>) requireNonNull(value, "value is null");
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, @Nullable Object> map(Object value) {
        return (Map<Object, @Nullable Object>) value;
    }
}
