package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The groups, tags, attributes and purposes that exist. A mistyped one in a negation would reveal, so each use of a name is checked.
final class DeclaredNames {
    private final PolicySnapshot snapshot;
    private final Set<String> groups;
    private final Set<String> tags;
    private final Set<String> purposes;
    private final Map<String, Attribute> attributes;

    DeclaredNames(PolicySnapshot snapshot) {
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
        groups = names(snapshot.objectsOf(Kind.GROUP));
        tags = withAncestors(snapshot.objectsOf(Kind.TAG));
        purposes = withAncestors(snapshot.objectsOf(Kind.PURPOSE));
        attributes = snapshot.objectsOf(Kind.ATTRIBUTE).stream().map(Attribute.class::cast)
                .collect(toImmutableMap(Attribute::name, Function.identity()));
    }

    Optional<String> group(String name) {
        return missing("group", "Group", name, groups);
    }

    /// A tag exists with each tag below it.
    Optional<String> tag(String name) {
        return missing("tag", "Tag", name, tags);
    }

    Optional<String> purpose(String name) {
        return missing("purpose", "Purpose", name, purposes);
    }

    Optional<String> attribute(String name) {
        return missing("attribute", "Attribute", name, attributes.keySet());
    }

    /// Also wrong: a value outside of the attribute's closed list.
    Optional<String> attributeValue(String name, String value) {
        Optional<List<String>> closed = Optional.ofNullable(attributes.get(name)).flatMap(Attribute::values);
        return attribute(name).or(() -> closed.filter(values -> !values.contains(value))
                .map(values -> "%s is no value of attribute %s%s".formatted(Wording.quoted(value), Wording.quoted(name),
                        Wording.didYouMean(value, values))));
    }

    /// An object that is governed, or that holds something governed.
    Optional<String> registered(ObjectName object) {
        if (snapshot.isGoverned(object)
                || snapshot.dataSources().stream().anyMatch(dataSource -> object.contains(dataSource.objectName()))) {
            return Optional.empty();
        }
        Set<String> registered = snapshot.dataSources().stream().map(dataSource -> dataSource.objectName().toString())
                .collect(toImmutableSet());
        return Optional.of("'%s' is not registered%s; add a document of kind DataSource".formatted(object,
                Wording.didYouMean(object.toString(), registered)));
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
