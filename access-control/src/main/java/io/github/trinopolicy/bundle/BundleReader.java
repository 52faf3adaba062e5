package io.github.trinopolicy.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.PolicyObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the text of a bundle, and the documents that a store keeps. Stateless and thread-safe.
public final class BundleReader {
    /// In UTF-16 units; a larger bundle is refused.
    public static final int MAX_LENGTH = 64 * 1024 * 1024;

    /// Reads the documents of a bundle in YAML or JSON (in JSON: one object after the other), in their order.
    ///
    /// @throws BundleException with everything that is wrong with the form of the bundle
    public List<BundleDocument> read(String bundle) {
        if (bundle.length() > MAX_LENGTH) {
            throw new BundleException(Optional.empty(),
                    "the bundle has %s characters, more than the limit of %s: divide it".formatted(bundle.length(), MAX_LENGTH));
        }
        String text = bundle.startsWith("\uFEFF") ? bundle.substring(1) : bundle;
        refuseUnstorable(text);
        BundleErrors errors = new BundleErrors();
        Documents documents = new Documents(errors);
        readJson(text).ifPresentOrElse(nodes -> nodes.forEach(documents::add), () -> new YamlReader(text, errors).read(documents::add));
        errors.throwIfAny();
        return documents.read.build();
    }

    /// Reads a document as [DocumentWriter#toJson] wrote it.
    ///
    /// @throws BundleException when the text is no such document; the errors have no positions
    public PolicyObject readStored(String json) {
        List<Node> nodes;
        try {
            nodes = new JsonReader(json, Optional.empty()).read();
        }
        catch (JsonProcessingException e) {
            BundleException exception = new BundleException(Optional.empty(), "a stored document is no valid JSON: restore the store");
            exception.initCause(e);
            throw exception;
        }
        BundleErrors errors = new BundleErrors();
        if (nodes.size() != 1) {
            errors.add(Optional.empty(), "a stored document is %s JSON values instead of one: restore the store".formatted(nodes.size()));
            throw errors.toException();
        }
        Optional<BundleDocument> document = new DocumentReader(errors).read(nodes.getFirst());
        errors.throwIfAny();
        return document.orElseThrow().object();
    }

    static void refuseUnstorable(String text) {
        OptionalInt offset = CharacterRules.firstUnstorable(text);
        if (offset.isPresent()) {
            TextCursor cursor = new TextCursor(text);
            cursor.moveToOffset(offset.getAsInt());
            throw new BundleException(Optional.of(cursor.position()),
                    "the character U+%04X is no valid text: save the bundle in UTF-8".formatted((int) text.charAt(offset.getAsInt())));
        }
    }

    /// Empty when the text is no JSON. That is no error yet: a mapping of YAML may also begin with a brace, and the YAML reader names
    /// what is wrong with either.
    private static Optional<List<Node>> readJson(String text) {
        if (!text.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new JsonReader(text, Optional.of(new TextCursor(text))).read());
        }
        catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }

    /// The documents read so far, no object twice.
    private static final class Documents {
        private record Key(Kind kind, String name) {}

        private final BundleErrors errors;
        private final DocumentReader reader;
        private final Map<Key, Optional<Position>> seen = new HashMap<>();
        private final ImmutableList.Builder<BundleDocument> read = ImmutableList.builder();

        private Documents(BundleErrors errors) {
            this.errors = errors;
            this.reader = new DocumentReader(errors);
        }

        private void add(Node node) {
            reader.read(node).ifPresent(document -> {
                PolicyObject object = document.object();
                Optional<Position> earlier = seen.putIfAbsent(new Key(object.kind(), object.name()), document.position());
                if (earlier == null) {
                    read.add(document);
                }
                else {
                    errors.add(document.position(), "%s %s stands twice in the bundle%s".formatted(object.kind().documentName(),
                            Wording.quoted(object.name()), earlier.map(place -> ", first at " + place).orElse("")));
                }
            });
        }
    }
}
