package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Node.Mapping;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// The keys of a mapping while it is read into a record. Keys that nobody asked for are errors. Not thread-safe.
final class Fields {
    private final Value owner;
    private final Mapping mapping;
    private final int errorsBefore;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(Value owner, Mapping mapping) {
        this.owner = requireNonNull(owner, "owner is null");
        this.mapping = requireNonNull(mapping, "mapping is null");
        this.errorsBefore = owner.errors().count();
    }

    Value owner() {
        return owner;
    }

    Optional<Value> get(String key) {
        known.add(key);
        return mapping.get(key).map(node -> owner.key(key, node));
    }

    /// Empty when the key is absent, or after an error was reported.
    <T> Optional<T> optional(String key, Function<Value, Optional<T>> reader) {
        return get(key).flatMap(reader);
    }

    /// Empty after an error was reported only.
    <T> Optional<T> required(String key, Function<Value, Optional<T>> reader) {
        Optional<Value> value = get(key);
        if (value.isEmpty()) {
            owner.errors().add(mapping.position(), "missing key '%s' in %s".formatted(key, owner.describe()));
        }
        return value.flatMap(reader);
    }

    boolean bool(String key, boolean byDefault) {
        return optional(key, Value::bool).orElse(byDefault);
    }

    /// Which of the keys is present; an error when none or several are.
    Optional<String> oneOf(String... keys) {
        List<String> present = Arrays.stream(keys).filter(key -> get(key).isPresent()).toList();
        if (present.size() == 1) {
            return Optional.of(present.getFirst());
        }
        String all = String.join(", ", keys);
        if (present.isEmpty()) {
            owner.errors().add(mapping.position(), "missing key in %s: one of %s is expected".formatted(owner.describe(), all));
        }
        else {
            // the second is the one too many
            Node.Entry second = mapping.entries().stream().filter(entry -> present.contains(entry.key().text())).skip(1).findFirst()
                    .orElseThrow();
            owner.errors().add(second.key().position(), "only one of %s may stand in %s, but %s stand there".formatted(all,
                    owner.describe(), String.join(" and ", present)));
        }
        return Optional.empty();
    }

    /// An error when the key is present.
    void refuse(String key, String reason) {
        get(key).ifPresent(_ -> keyOf(key).ifPresent(
                entry -> owner.errors().add(entry.key().position(), "key '%s' in %s: %s".formatted(key, owner.describe(), reason))));
    }

    private Optional<Node.Entry> keyOf(String key) {
        return mapping.entries().stream().filter(entry -> entry.key().text().equals(key)).findFirst();
    }

    /// The record, unless an error was reported since these fields were opened.
    <T> Optional<T> build(Supplier<T> constructor) {
        for (Node.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                owner.errors().add(entry.key().position(), "unknown key %s in %s%s".formatted(Wording.quoted(key), owner.describe(),
                        Wording.didYouMean(key, known)));
            }
        }
        return owner.errors().count() == errorsBefore ? Optional.of(constructor.get()) : Optional.empty();
    }
}
