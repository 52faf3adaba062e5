package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.migration.RangerPolicy.Resource;
import io.github.trinopolicy.model.ObjectName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds the catalogs, schemas and tables that the resources of policies mean.
final class RangerObjects {
    private final TableListing listing;
    private final Set<String> catalogs;

    /// @param exact objects that are meant with all that is in them
    /// @param around objects in which there may be more that is meant
    record Meant(Set<ObjectName> exact, Set<ObjectName> around) {
        Meant {
            exact = ImmutableSet.copyOf(exact);
            around = ImmutableSet.copyOf(around);
        }

        Set<ObjectName> all() {
            return ImmutableSet.<ObjectName>builder().addAll(exact).addAll(around).build();
        }

        boolean contains(ObjectName object) {
            return exact.stream().anyMatch(meant -> meant.contains(object));
        }
    }

    RangerObjects(Collection<RangerPolicy> policies, TableListing listing) {
        this.listing = requireNonNull(listing, "listing is null");
        catalogs = Stream.concat(listing.tables().stream().map(ObjectName::catalog),
                policies.stream().flatMap(policy -> Optional.ofNullable(policy.resources().get("catalog")).stream())
                        .flatMap(resource -> resource.values().stream()).filter(value -> !RangerPolicy.isWildcard(value))
                        .map(value -> value.toLowerCase(ENGLISH)))
                .filter(catalog -> !catalog.equals("system") && !catalog.equals("policy"))
                .filter(catalog -> Declarable.isObject(ObjectName.ofCatalog(catalog))).collect(toImmutableSet());
    }

    Set<ObjectName> catalogs() {
        return catalogs.stream().map(ObjectName::ofCatalog).collect(toImmutableSet());
    }

    /// What a policy on tables means; of a policy on catalogs or schemas alone, those.
    Meant meant(RangerPolicy policy) {
        Optional<Resource> schema = Optional.ofNullable(policy.resources().get("schema")).filter(resource -> !resource.isEverything());
        Optional<Resource> table = Optional.ofNullable(policy.resources().get("table")).filter(resource -> !resource.isEverything());
        Set<ObjectName> exact = new HashSet<>();
        Set<ObjectName> around = new HashSet<>();
        for (ObjectName catalog : catalogs()) {
            if (!matches(Optional.ofNullable(policy.resources().get("catalog")), catalog.catalog())) {
                continue;
            }
            if (schema.isEmpty() && table.isEmpty()) {
                exact.add(catalog);
            }
            else if (schema.isPresent() && schema.get().isLiteral()) {
                schema.get().values().forEach(name -> within(ObjectName.ofSchema(catalog.catalog(), name), table, exact, around));
            }
            else {
                listing.tables().stream().filter(listed -> listed.catalog().equals(catalog.catalog()))
                        .map(listed -> ObjectName.ofSchema(listed.catalog(), listed.schema().orElseThrow())).distinct()
                        .filter(object -> matches(schema, object.schema().orElseThrow()))
                        .forEach(object -> within(object, table, exact, around));
                around.add(catalog);
            }
        }
        return new Meant(exact.stream().filter(Declarable::isObject).collect(toImmutableSet()),
                around.stream().filter(Declarable::isObject).collect(toImmutableSet()));
    }

    private void within(ObjectName schema, Optional<Resource> table, Set<ObjectName> exact, Set<ObjectName> around) {
        if (table.isEmpty()) {
            exact.add(schema);
        }
        else if (table.get().isLiteral()) {
            table.get().values().stream().map(name -> ObjectName.ofTable(schema.catalog(), schema.schema().orElseThrow(), name))
                    .forEach(exact::add);
        }
        else {
            listing.tables().stream().filter(listed -> schema.contains(listed) && matches(table, listed.table().orElseThrow()))
                    .forEach(exact::add);
            around.add(schema);
        }
    }

    private static boolean matches(Optional<Resource> resource, String name) {
        return resource.map(it -> it.values().stream().anyMatch(value -> matches(value, name)) != it.excludes()).orElse(true);
    }

    /// Without regard to case, as Ranger matches the names of Trino and Hive.
    static boolean matches(String wildcard, String name) {
        String regex = wildcard.toLowerCase(ENGLISH).codePoints()
                .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .reduce("", String::concat);
        return Pattern.compile(regex, Pattern.DOTALL).matcher(name.toLowerCase(ENGLISH)).matches();
    }
}
