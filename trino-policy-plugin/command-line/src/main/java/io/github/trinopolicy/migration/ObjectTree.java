package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.migration.FileRules.Rule;
import io.github.trinopolicy.migration.FileRules.Scope;
import io.github.trinopolicy.model.ObjectName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// The catalogs, schemas and tables that rules or a listing name. A catalog also stands for its schemas that are not named, a schema for its
/// tables that are not.
final class ObjectTree {
    private static final Set<String> FOREIGN_CATALOGS = ImmutableSet.of("system", "policy");
    private static final String INFORMATION_SCHEMA = "information_schema";

    private final Set<ObjectName> objects = new TreeSet<>(Comparator.comparing(ObjectName::catalog)
            .thenComparing(name -> name.schema().orElse("")).thenComparing(name -> name.table().orElse("")));
    private final ImmutableSetMultimap<ObjectName, ObjectName> children;

    ObjectTree(List<? extends Rule> rules, Set<ObjectName> listed) {
        listed.forEach(this::add);
        List<Scope> scopes = rules.stream().map(Rule::scope).toList();
        scopes.forEach(scope -> names(scope.catalog()).map(ObjectName::ofCatalog).forEach(this::add));
        for (Scope scope : scopes) {
            for (ObjectName catalog : ImmutableList.copyOf(catalogs())) {
                if (matches(scope.catalog(), catalog.catalog())) {
                    names(scope.schema()).map(schema -> ObjectName.ofSchema(catalog.catalog(), schema)).forEach(this::add);
                }
            }
        }
        for (Scope scope : scopes) {
            for (ObjectName object : ImmutableList.copyOf(objects)) {
                boolean schema = object.schema().isPresent() && !object.isTable();
                if (schema && matches(scope.catalog(), object.catalog()) && matches(scope.schema(), object.schema().get())) {
                    names(scope.table()).map(table -> ObjectName.ofTable(object.catalog(), object.schema().get(), table))
                            .forEach(this::add);
                }
            }
        }
        ImmutableSetMultimap.Builder<ObjectName, ObjectName> builder = ImmutableSetMultimap.builder();
        objects.forEach(object -> object.parent().ifPresent(parent -> builder.put(parent, object)));
        children = builder.build();
    }

    private void add(ObjectName object) {
        boolean foreign = FOREIGN_CATALOGS.contains(object.catalog()) || isForeign(object);
        if (!foreign && Declarable.isObject(object)) {
            objects.add(object);
            object.parent().ifPresent(this::add);
        }
    }

    private static Stream<String> names(Optional<NamePattern> pattern) {
        // Trino has no other names, so others match nothing
        return pattern.stream().flatMap(it -> it.names().stream())
                .filter(name -> !name.isEmpty() && name.equals(name.toLowerCase(ENGLISH)));
    }

    private static boolean matches(Optional<NamePattern> pattern, String name) {
        return pattern.map(it -> it.matches(name)).orElse(true);
    }

    Set<ObjectName> catalogs() {
        return objects.stream().filter(object -> object.schema().isEmpty()).collect(toImmutableSet());
    }

    /// The schemas of a catalog, or the tables of a schema.
    Set<ObjectName> within(ObjectName parent) {
        return children.get(parent);
    }

    Coverage coverage(Scope scope, ObjectName object) {
        Coverage catalog = matches(scope.catalog(), object.catalog()) ? Coverage.YES : Coverage.NO;
        Coverage schema = object.schema().map(name -> matches(scope.schema(), name) ? Coverage.YES : Coverage.NO)
                .orElseGet(() -> ofUnnamed(scope.schema(), name -> ObjectName.ofSchema(object.catalog(), name)));
        return catalog.and(schema).and(ofTable(scope, object));
    }

    private Coverage ofTable(Scope scope, ObjectName object) {
        if (object.table().isPresent()) {
            return matches(scope.table(), object.table().get()) ? Coverage.YES : Coverage.NO;
        }
        if (object.schema().isPresent()) {
            return ofUnnamed(scope.table(), name -> ObjectName.ofTable(object.catalog(), object.schema().get(), name));
        }
        return scope.table().filter(pattern -> !pattern.isEverything()).isPresent() ? Coverage.MAYBE : Coverage.YES;
    }

    private Coverage ofUnnamed(Optional<NamePattern> pattern, Function<String, ObjectName> named) {
        if (pattern.isEmpty() || pattern.get().isEverything()) {
            return Coverage.YES;
        }
        boolean allNamed = pattern.get().isFinite()
                && names(pattern).map(named).allMatch(name -> objects.contains(name) || isForeign(name));
        return allNamed ? Coverage.NO : Coverage.MAYBE;
    }

    private static boolean isForeign(ObjectName name) {
        return name.schema().filter(INFORMATION_SCHEMA::equals).isPresent();
    }
}
