package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A mapping of the canonical form while it is written: keys in the order of the calls, what is empty or default left out.
final class MappingBuilder {
    private final ImmutableList.Builder<Node.Entry> entries = ImmutableList.builder();

    MappingBuilder put(String key, Node value) {
        entries.add(new Node.Entry(Scalar.string(key), value));
        return this;
    }

    MappingBuilder put(String key, String text) {
        return put(key, Scalar.string(text));
    }

    MappingBuilder put(String key, MappingBuilder value) {
        return put(key, value.build());
    }

    MappingBuilder put(String key, boolean value) {
        return put(key, Scalar.of(Boolean.toString(value), Node.Type.BOOLEAN));
    }

    MappingBuilder put(String key, int value) {
        return put(key, Scalar.of(Integer.toString(value), Node.Type.INTEGER));
    }

    MappingBuilder put(String key, BigDecimal value) {
        String text = value.toPlainString();
        return put(key, Scalar.of(text, text.contains(".") ? Node.Type.FLOAT : Node.Type.INTEGER));
    }

    /// Writes the shortest number that reads back as the same double.
    MappingBuilder put(String key, double value) {
        return put(key, new BigDecimal(BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()));
    }

    MappingBuilder putUnless(boolean byDefault, String key, boolean value) {
        return value == byDefault ? this : put(key, value);
    }

    MappingBuilder putIfPresent(String key, Optional<String> text) {
        text.ifPresent(it -> put(key, it));
        return this;
    }

    /// A list of texts in the given order, unless it is empty.
    MappingBuilder putTexts(String key, Collection<String> texts) {
        return putAll(key, texts, Scalar::string);
    }

    /// A list of texts in natural order, unless it is empty.
    MappingBuilder putSorted(String key, Collection<?> values) {
        return putTexts(key, values.stream().map(Object::toString).sorted().toList());
    }

    <T> MappingBuilder putAll(String key, Collection<T> values, Function<T, Node> writer) {
        return values.isEmpty() ? this : put(key, sequence(values, writer));
    }

    /// A mapping with its keys in natural order, unless it is empty.
    <T> MappingBuilder putMap(String key, Map<String, T> values, Function<T, Node> writer) {
        if (values.isEmpty()) {
            return this;
        }
        MappingBuilder mapping = new MappingBuilder();
        values.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> mapping.put(entry.getKey(), writer.apply(entry.getValue())));
        return put(key, mapping);
    }

    static <T> Sequence sequence(Collection<T> values, Function<T, Node> writer) {
        return new Sequence(values.stream().map(writer).collect(ImmutableList.toImmutableList()), Optional.empty());
    }

    Mapping build() {
        return new Mapping(entries.build(), Optional.empty());
    }
}
