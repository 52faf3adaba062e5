package io.github.trinopolicy.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// Reads JSON and YAML that is no bundle, with the same limits: no aliases, no tags, no key twice, limited nesting. Every part of the trees
/// has its position. Stateless and thread-safe.
public final class TreeReader {
    private TreeReader() {
    }

    /// The single value of a text in strict JSON.
    ///
    /// @throws BundleException with the place of what is wrong
    public static Node readJson(String text) {
        String json = checked(text);
        try {
            return single(new JsonReader(json, Optional.of(new TextCursor(json))).read());
        }
        catch (JsonProcessingException e) {
            Optional<Position> position = Optional.ofNullable(e.getLocation()).filter(location -> location.getLineNr() >= 1)
                    .map(location -> new Position(location.getLineNr(), Math.max(location.getColumnNr(), 1)));
            BundleException exception = new BundleException(position,
                    "this is no valid JSON: " + e.getOriginalMessage().strip().replaceAll("\\s+", " "));
            exception.initCause(e);
            throw exception;
        }
    }

    /// The documents of a text in YAML, without empty ones.
    ///
    /// @throws BundleException with the places of what is wrong
    public static List<Node> readYaml(String text) {
        BundleErrors errors = new BundleErrors();
        ImmutableList.Builder<Node> documents = ImmutableList.builder();
        new YamlReader(checked(text), errors).read(documents::add);
        errors.throwIfAny();
        return documents.build();
    }

    private static String checked(String text) {
        if (text.length() > BundleReader.MAX_LENGTH) {
            throw new BundleException(Optional.empty(),
                    "the text has %s characters, more than the limit of %s: divide it".formatted(text.length(), BundleReader.MAX_LENGTH));
        }
        String checked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        BundleReader.refuseUnstorable(checked);
        return checked;
    }

    private static Node single(List<Node> values) {
        if (values.size() != 1) {
            throw new BundleException(values.size() < 2 ? Optional.empty() : values.get(1).position(),
                    "one JSON value is expected, but there are %s".formatted(values.size()));
        }
        return values.getFirst();
    }
}
