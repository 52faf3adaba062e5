package io.github.trinopolicy.bundle;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The groups, tags, attributes and purposes that exist. A mistyped one in a negation would reveal, so each use of a name is checked.
public final class DeclaredNames {
    private final Set<String> groups;
    private final Set<String> tags;
    private final Set<String> purposes;
    private final Map<String, Attribute> attributes;

    /// @param objectsOf all objects of a kind, each once
    public DeclaredNames(Function<Kind, ? extends Collection<PolicyObject>> objectsOf) {
        groups = names(objectsOf.apply(Kind.GROUP));
        tags = withAncestors(objectsOf.apply(Kind.TAG));
        purposes = withAncestors(objectsOf.apply(Kind.PURPOSE));
        attributes = objectsOf.apply(Kind.ATTRIBUTE).stream().map(Attribute.class::cast)
                .collect(toImmutableMap(Attribute::name, Function.identity()));
    }

    /// What is wrong with the name of a group; empty when the group is declared.
    public Optional<String> group(String name) {
        return missing("group", "Group", name, groups);
    }

    /// A tag exists with each tag below it.
    public Optional<String> tag(String name) {
        return missing("tag", "Tag", name, tags);
    }

    public Optional<String> purpose(String name) {
        return missing("purpose", "Purpose", name, purposes);
    }

    public Optional<String> attribute(String name) {
        return missing("attribute", "Attribute", name, attributes.keySet());
    }

    /// Also wrong: a value outside of the attribute's closed list.
    public Optional<String> attributeValue(String name, String value) {
        Optional<List<String>> closed = Optional.ofNullable(attributes.get(name)).flatMap(Attribute::values);
        return attribute(name).or(() -> closed.filter(values -> !values.contains(value))
                .map(values -> "%s is no value of attribute %s%s".formatted(Wording.quoted(value), Wording.quoted(name),
                        Wording.didYouMean(value, values))));
    }

    private static Optional<String> missing(String what, String kind, String name, Set<String> declared) {
        return declared.contains(name)
                ? Optional.empty()
                : Optional.of("%s %s is not declared%s; add a document of kind %s".formatted(what, Wording.quoted(name),
                        Wording.didYouMean(name, declared), kind));
    }

    private static Set<String> names(Collection<PolicyObject> objects) {
        return objects.stream().map(PolicyObject::name).collect(toImmutableSet());
    }

    private static Set<String> withAncestors(Collection<PolicyObject> objects) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        objects.forEach(object -> names.addAll(DottedPath.selfAndAncestors(object.name())));
        return names.build();
    }
}
