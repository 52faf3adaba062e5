package io.github.trinopolicy.bundle;

import com.google.common.base.VerifyException;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A part of a document that is being read, with the way to it. Each reading method returns empty after it has reported what is wrong;
/// a caller only passes that on.
///
/// @param document the whole, from which messages take kind and name
/// @param path the way from the document to this part
record Value(Node node, BundleErrors errors, Node document, DocumentPath path) {
    private static final Pattern DECIMAL_INTEGER = Pattern.compile("[-+]?[0-9]{1,20}");
    private static final Pattern DECIMAL_NUMBER = Pattern
            .compile("[-+]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][-+]?[0-9]{1,2})?");

    <T> Optional<T> fail(String sentence) {
        errors.add(node.position(), "%s: %s".formatted(describe(), sentence));
        return Optional.empty();
    }

    String describe() {
        String title = DocumentReader.title(document);
        return path.parent().isEmpty() ? title : "'%s' of %s".formatted(path, title);
    }

    Value key(String key, Node value) {
        return new Value(value, errors, document, path.key(key));
    }

    private Value item(int index, Node value) {
        return new Value(value, errors, document, path.item(index));
    }

    /// Reads through a function that throws [IllegalArgumentException] with a sentence for the user.
    <T> Optional<T> convert(String text, Function<String, T> conversion) {
        try {
            return Optional.of(conversion.apply(text));
        }
        catch (IllegalArgumentException e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    Optional<String> text() {
        if (node instanceof Scalar scalar && scalar.type() == Node.Type.STRING) {
            return storable(scalar.text());
        }
        boolean quotable = node instanceof Scalar scalar && scalar.type() != Node.Type.NULL;
        return wrongType(quotable ? "a text is expected: put it in quotes" : "a text is expected");
    }

    /// A text which means something, such as a condition.
    Optional<String> nonBlankText() {
        return text().flatMap(text -> text.isBlank() ? fail("a text is expected, but it is empty") : Optional.of(text));
    }

    /// A value of data: a number or boolean without quotes is the text as it is written.
    Optional<String> data() {
        if (node instanceof Scalar scalar && scalar.type() != Node.Type.NULL) {
            return storable(scalar.text());
        }
        return wrongType("a text, a number or a boolean is expected");
    }

    private Optional<String> storable(String text) {
        OptionalInt offset = CharacterRules.firstUnstorable(text);
        if (offset.isPresent()) {
            return fail("the character U+%04X cannot be stored: remove it".formatted((int) text.charAt(offset.getAsInt())));
        }
        return Optional.of(text);
    }

    Optional<Boolean> bool() {
        if (node instanceof Scalar scalar && scalar.type() == Node.Type.BOOLEAN) {
            return Optional.of(scalar.text().equalsIgnoreCase("true"));
        }
        return wrongType("true or false is expected");
    }

    Optional<Integer> integer(int least, int most) {
        if (!(node instanceof Scalar scalar) || scalar.type() != Node.Type.INTEGER || !DECIMAL_INTEGER.matcher(scalar.text()).matches()) {
            return wrongType("an integer is expected");
        }
        BigInteger value = new BigInteger(scalar.text());
        if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
            return fail("an integer from %s to %s is expected".formatted(least, most));
        }
        return Optional.of(value.intValueExact());
    }

    /// A number above 0.
    Optional<BigDecimal> positiveNumber() {
        if (!(node instanceof Scalar scalar) || (scalar.type() != Node.Type.INTEGER && scalar.type() != Node.Type.FLOAT)
                || !DECIMAL_NUMBER.matcher(scalar.text()).matches()) {
            return wrongType("a decimal number is expected");
        }
        BigDecimal value = new BigDecimal(scalar.text());
        return value.signum() > 0 ? Optional.of(value) : fail("a number above 0 is expected");
    }

    /// A number above 0, at most `most`.
    Optional<Double> positiveNumber(int most) {
        return positiveNumber().flatMap(value -> value.compareTo(BigDecimal.valueOf(most)) <= 0
                ? Optional.of(value.doubleValue())
                : fail("a number above 0, at most %s, is expected".formatted(most)));
    }

    /// One of some words. Where `null` is one of them, it may stand without quotes.
    <T> Optional<T> word(ImmutableMap<String, T> words) {
        if (!(node instanceof Scalar scalar) || (scalar.type() != Node.Type.STRING && !scalar.text().equals("null"))) {
            return wrongType("%s is expected".formatted(oneOf(words)));
        }
        T value = words.get(scalar.text());
        return value != null
                ? Optional.of(value)
                : fail("%s is expected, not %s%s".formatted(oneOf(words), Wording.quoted(scalar.text()),
                        Wording.didYouMean(scalar.text(), words.keySet())));
    }

    private static String oneOf(Map<String, ?> words) {
        return words.size() == 1 ? "'%s'".formatted(words.keySet().iterator().next()) : "one of " + String.join(", ", words.keySet());
    }

    boolean isMapping() {
        return node instanceof Mapping;
    }

    boolean isSequence() {
        return node instanceof Sequence;
    }

    Optional<Fields> fields() {
        return node instanceof Mapping mapping ? Optional.of(new Fields(this, mapping)) : wrongType("a mapping is expected");
    }

    /// A list in which nothing stands twice.
    <T> Optional<List<T>> distinct(Function<Value, Optional<T>> reader) {
        return distinct(reader, item -> item);
    }

    /// A list in which no two items have the same identity.
    <T> Optional<List<T>> distinct(Function<Value, Optional<T>> reader, Function<T, ?> identity) {
        Set<Object> seen = new HashSet<>();
        return list(value -> {
            Optional<T> item = reader.apply(value);
            return item.flatMap(it -> seen.add(identity.apply(it)) ? item : value.fail("it stands in the list already: remove it"));
        });
    }

    /// A list in which nothing stands twice, and which holds something.
    <T> Optional<List<T>> someDistinct(Function<Value, Optional<T>> reader) {
        return distinct(reader).flatMap(this::some);
    }

    <T> Optional<List<T>> some(List<T> list) {
        return list.isEmpty() ? fail("the list is empty, at least one entry is expected") : Optional.of(list);
    }

    <T> Optional<List<T>> list(Function<Value, Optional<T>> reader) {
        if (!(node instanceof Sequence sequence)) {
            return wrongType("a list is expected");
        }
        int errorsBefore = errors.count();
        ImmutableList.Builder<T> result = ImmutableList.builder();
        for (int i = 0; i < sequence.items().size(); i++) {
            reader.apply(item(i, sequence.items().get(i))).ifPresent(result::add);
        }
        return errors.count() == errorsBefore ? Optional.of(result.build()) : Optional.empty();
    }

    /// A mapping with keys that the author of the bundle chose.
    <T> Optional<Map<String, T>> map(Function<Value, Optional<String>> keyReader, Function<Value, Optional<T>> reader) {
        if (!(node instanceof Mapping mapping)) {
            return wrongType("a mapping is expected");
        }
        int errorsBefore = errors.count();
        Map<String, T> result = new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries()) {
            Value key = new Value(entry.key(), errors, document, path);
            Optional<String> name = keyReader.apply(key);
            Optional<T> value = reader.apply(key(entry.key().text(), entry.value()));
            if (name.isPresent() && value.isPresent() && result.putIfAbsent(name.orElseThrow(), value.orElseThrow()) != null) {
                key.fail("the key %s stands twice".formatted(Wording.quoted(entry.key().text())));
            }
        }
        return errors.count() == errorsBefore ? Optional.of(ImmutableMap.copyOf(result)) : Optional.empty();
    }

    private <T> Optional<T> wrongType(String expectation) {
        return fail("%s, but %s was found".formatted(expectation, found()));
    }

    private String found() {
        return switch (node) {
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Scalar scalar -> switch (scalar.type()) {
                case STRING -> "a text";
                case INTEGER -> "a number";
                case FLOAT -> DECIMAL_NUMBER.matcher(scalar.text()).matches() ? "a number with a fraction" : "no finite number";
                case BOOLEAN -> "a boolean";
                case NULL -> scalar.text().isEmpty() ? "nothing" : "null";
            };
        };
    }

    /// Called where an error must have been reported before: a document may not vanish without one.
    static VerifyException unreported() {
        return new VerifyException("a part of a document is missing, but no error was reported");
    }
}
