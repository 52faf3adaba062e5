package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Principals;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads the parts that select tables, columns, users and groups. A selector that can select nothing is an error: it would look as if
/// it protected something.
final class SelectorReader {
    private SelectorReader() {
    }

    static Optional<ObjectSelector> objects(Value value) {
        return value.fields().flatMap(fields -> {
            Set<String> tags = someOf(fields, "tags", NameReader::dottedPath);
            Set<ObjectName> dataSources = someOf(fields, "data_sources", NameReader::objectName);
            boolean all = fields.optional("all", SelectorReader::isTrue).isPresent();
            requireAny(fields, "tags", "data_sources", "all");
            return fields.build(() -> new ObjectSelector(tags, dataSources, all));
        });
    }

    static Optional<ColumnSelector> columns(Value value) {
        return value.fields().flatMap(fields -> {
            Set<ColumnName> names = someOf(fields, "names", NameReader::columnName);
            Optional<String> pattern = fields.optional("pattern", Value::nonBlankText);
            Set<String> tags = someOf(fields, "tags", NameReader::dottedPath);
            Set<ObjectName> in = someOf(fields, "in", NameReader::objectName);
            Set<String> types = someOf(fields, "types", NameReader::type);
            Optional<ColumnSelector> not = fields.optional("not", SelectorReader::columns);
            requireAny(fields, "names", "pattern", "tags", "in");
            return fields.build(() -> new ColumnSelector(names, pattern, tags, in, types, not));
        });
    }

    /// Users and groups, possibly none.
    static Optional<Principals> principals(Value value) {
        return value.fields().flatMap(fields -> {
            Set<String> users = anyOf(fields, "users", NameReader::name);
            Set<String> groups = anyOf(fields, "groups", NameReader::name);
            return fields.build(() -> new Principals(users, groups));
        });
    }

    /// At least one user or group.
    static Optional<Principals> somePrincipals(Value value) {
        return principals(value).flatMap(principals -> principals.isEmpty()
                ? value.fail("users or groups are expected, but there are none")
                : Optional.of(principals));
    }

    /// `true`: the key says nothing else.
    static Optional<Boolean> isTrue(Value value) {
        return value.bool().flatMap(it -> it ? Optional.of(true) : value.fail("only true has a meaning: remove the key"));
    }

    /// A list that may be absent or empty.
    static <T> Set<T> anyOf(Fields fields, String key, Function<Value, Optional<T>> reader) {
        return fields.optional(key, value -> value.distinct(reader)).map(ImmutableSet::copyOf).orElse(ImmutableSet.of());
    }

    private static <T> Set<T> someOf(Fields fields, String key, Function<Value, Optional<T>> reader) {
        return fields.optional(key, value -> value.someDistinct(reader)).map(ImmutableSet::copyOf).orElse(ImmutableSet.of());
    }

    private static void requireAny(Fields fields, String... keys) {
        for (String key : keys) {
            if (fields.get(key).isPresent()) {
                return;
            }
        }
        fields.owner().fail("nothing is selected: at least one of %s is expected".formatted(String.join(", ", keys)));
    }
}
