package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.RangerObjects.Meant;
import io.github.trinopolicy.migration.RangerPolicy.Item;
import io.github.trinopolicy.migration.RangerPolicy.Kind;
import io.github.trinopolicy.migration.RangerPolicy.Resource;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.Body;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Policy.State;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.policy.PolicyTextException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Carries the policies of Apache Ranger over: what allow items of several policies give is united, deny items become guardrails, masks and
/// filters policies of their own.
final class RangerMigration {
    private static final Set<String> CLOSING = ImmutableSet.of("select", "use", "show", "all");
    private static final Set<String> CHANGING = ImmutableSet.of("insert", "update", "delete", "create", "drop", "alter");
    private static final Set<String> WRITES = ImmutableSet.of("insert", "update", "delete");
    private static final Set<String> OWNS = ImmutableSet.of("create", "drop", "alter");

    private final Satisfiability satisfiability = new Satisfiability();
    private final ConditionText texts = new ConditionText(satisfiability);
    private final List<RangerPolicy> policies;
    private final RangerObjects objects;
    private final TableListing listing;
    private final Remarks remarks;
    private final RangerMasks masks;
    private final Set<ObjectName> registered = new TreeSet<>(Comparator.comparing(ObjectName::toString));
    private final ImmutableList.Builder<PolicyObject> documents = ImmutableList.builder();
    private int number;

    RangerMigration(List<RangerPolicy> policies, TableListing listing, Remarks remarks) {
        this.policies = ImmutableList.copyOf(policies);
        this.objects = new RangerObjects(policies, listing);
        this.listing = requireNonNull(listing, "listing is null");
        this.remarks = requireNonNull(remarks, "remarks is null");
        this.masks = new RangerMasks(remarks);
    }

    List<PolicyObject> migrate() {
        registered.addAll(objects.catalogs());
        grants();
        policies.forEach(policy -> {
            if (policy.tag()) {
                tagged(policy);
            }
            else {
                Meant meant = meant(policy);
                switch (policy.kind()) {
                    case ACCESS -> deny(policy, meant);
                    case MASK -> mask(policy, meant);
                    case ROW_FILTER -> filter(policy, new ObjectSelector(ImmutableSet.of(), meant.all(), false));
                }
            }
        });
        return ImmutableList.<PolicyObject>builder()
                .addAll(registered.stream().filter(this::mayExist)
                        .map(object -> Declarable.dataSource(object, object.isTable(),
                                object.schema().isEmpty() ? Optional.of(NewColumns.ALLOW) : Optional.empty()))
                        .toList())
                .addAll(documents.build())
                .build();
    }

    private boolean mayExist(ObjectName object) {
        return !object.isTable() || listing.tables().isEmpty() || listing.tables().contains(object);
    }

    private Meant meant(RangerPolicy policy) {
        Meant meant = objects.meant(policy);
        if (!meant.around().isEmpty()) {
            remarks.unmigrated(policy.position(), "wildcards or exclusions in the resources of a policy",
                    "policies name objects; it gives rights on those in the list of tables, and what it denies, masks or filters reaches all "
                            + "that is around them",
                    "list all tables with --tables");
        }
        return meant;
    }

    private Stream<RangerPolicy> accessPolicies(String... levels) {
        return policies.stream()
                .filter(policy -> policy.kind() == Kind.ACCESS && policy.resources().keySet().equals(ImmutableSet.copyOf(levels)));
    }

    private static boolean onAllColumns(RangerPolicy policy) {
        return requireNonNull(policy.resources().get("column"), "column is null").isEverything();
    }

    private void grants() {
        List<RangerPolicy> onCatalogs = accessPolicies("catalog").toList();
        List<RangerPolicy> onSchemas = accessPolicies("catalog", "schema").toList();
        List<RangerPolicy> onColumns = accessPolicies("catalog", "schema", "table", "column").filter(RangerMigration::onAllColumns)
                .toList();
        List<RangerPolicy> onTables = Stream.concat(accessPolicies("catalog", "schema", "table"), onColumns.stream()).toList();
        accessPolicies("catalog", "schema", "table", "column").filter(policy -> !onAllColumns(policy) && !policy.allow().isEmpty())
                .forEach(policy -> remarks.unmigrated(policy.position(), "rights on single columns",
                        "a right is on a whole table, so nobody gets it", "grant the table and mask the other columns"));
        boolean hive = policies.stream()
                .anyMatch(policy -> !policy.tag() && requireNonNull(policy.resources().get("catalog"), "catalog is null")
                        .element().name().equals("database"));
        Set<ObjectName> places = new TreeSet<>(Comparator.comparing(ObjectName::toString));
        Stream.concat(onTables.stream(), onSchemas.stream()).forEach(policy -> places.addAll(objects.meant(policy).exact()));
        for (ObjectName place : places) {
            Condition use = hive ? Condition.EVERYBODY : given(onCatalogs, "use", place);
            Condition changing = Condition.not(Condition.any(policies.stream().filter(policy -> !policy.tag() && mayMean(policy, place))
                    .map(policy -> policy.refused(CHANGING)).toList()));
            Condition read = Condition.all(use, given(onColumns, "select", place));
            Condition write = Condition.all(read, changing, all(onTables, WRITES, place));
            Condition own = Condition.all(write, all(onTables, OWNS, place),
                    place.isTable() ? Condition.EVERYBODY : all(onSchemas, OWNS, place));
            grant(place, Level.OWN, own, Condition.NOBODY);
            grant(place, Level.WRITE, write, own);
            grant(place, Level.READ, read, Condition.any(own, write));
        }
        remarkPartial(onTables);
        if (!hive) {
            onColumns.stream().filter(policy -> objects.meant(policy).exact().stream()
                    .anyMatch(place -> !satisfiability.implies(policy.given("select"), given(onCatalogs, "use", place))))
                    .forEach(policy -> remarks.unmigrated(policy.position(), "rights of users who may not 'use' the catalog",
                            "without it Ranger lets nobody into the catalog, so the right is given only to those who may",
                            "give 'use' on the catalog, and migrate again"));
        }
    }

    private void remarkPartial(List<RangerPolicy> onTables) {
        for (RangerPolicy policy : onTables) {
            for (Item item : policy.allow()) {
                Set<String> partial = item.accesses().stream().filter(CHANGING::contains).collect(toImmutableSet());
                boolean whole = item.gives("all") || partial.isEmpty() || partial.containsAll(CHANGING)
                        || partial.equals(WRITES);
                boolean other = item.accesses().stream().anyMatch(access -> !CHANGING.contains(access) && !CLOSING.contains(access));
                if (!whole || other) {
                    remarks.unmigrated(item.element(), "the accesses %s".formatted(item.accesses().stream().sorted().toList()),
                            "write is select, insert, update and delete together, own is write with create, drop and alter; what lacks a part "
                                    + "of it, and other accesses, are not given",
                            "grant the level to whom you trust with all of it");
                }
            }
        }
    }

    private boolean mayMean(RangerPolicy policy, ObjectName place) {
        return objects.meant(policy).all().stream().anyMatch(object -> object.contains(place) || place.contains(object));
    }

    private Condition given(List<RangerPolicy> from, String access, ObjectName place) {
        return Condition
                .any(from.stream().filter(policy -> objects.meant(policy).contains(place)).map(policy -> policy.given(access)).toList());
    }

    private Condition all(List<RangerPolicy> from, Set<String> accesses, ObjectName place) {
        return Condition.all(accesses.stream().sorted().map(access -> given(from, access, place)).toList());
    }

    private void grant(ObjectName place, Level level, Condition condition, Condition higher) {
        if (satisfiability.isSatisfiable(Condition.all(condition, Condition.not(higher)))) {
            registered.add(place);
            add("grant", new Access(selector(ImmutableSet.of(place)), new AccessRule.Grant(level, texts.of(condition))), Optional.empty());
        }
    }

    private void deny(RangerPolicy policy, Meant meant) {
        if (meant.all().isEmpty()) {
            return;
        }
        Optional<Resource> columns = Optional.ofNullable(policy.resources().get("column")).filter(resource -> !resource.isEverything());
        Condition refused = policy.refused(CLOSING);
        if (policy.denyAllElse()) {
            refused = Condition.any(refused,
                    Condition.not(Condition.any(policy.allow().stream().map(item -> item.who().certain()).toList())));
        }
        if (satisfiability.isSatisfiable(refused)) {
            if (columns.isPresent()) {
                hide(policy, columns.get(), meant, refused);
            }
            else {
                add("guardrail", new Access(selector(meant.all()), new AccessRule.Guardrail(texts.of(Condition.not(refused)))),
                        Optional.empty());
            }
        }
        remarkNamesOnly(policy);
        policy.deny().stream().filter(item -> item.accesses().stream().anyMatch(access -> !CLOSING.contains(access)))
                .filter(item -> item.accesses().stream().noneMatch(CLOSING::contains))
                .forEach(item -> remarks.unmigrated(item.element(),
                        "the denied accesses %s".formatted(item.accesses().stream().sorted().toList()),
                        "there is no guardrail on changes alone; who is denied one of them gets neither write nor own there or around it",
                        "divide the rights"));
    }

    private void remarkNamesOnly(RangerPolicy policy) {
        policy.deny().stream().filter(item -> !item.accesses().isEmpty() && ImmutableSet.of("use", "show").containsAll(item.accesses()))
                .forEach(item -> remarks.unmigrated(item.element(),
                        "the denied accesses %s".formatted(item.accesses().stream().sorted().toList()),
                        "what is not to be used or shown is closed altogether", "nothing, if that will do"));
    }

    private void hide(RangerPolicy policy, Resource columns, Meant meant, Condition refused) {
        remarks.unmigrated(policy.position(), "columns that are denied", "they show NULL where a query that named them was refused",
                "nothing, if NULL will do");
        add("mask", new Masking(columns(columns, meant, policy.position()),
                ImmutableList.of(new MaskRule(condition(refused), new Mask.Null())), Optional.empty(), 0), Optional.empty());
    }

    private void mask(RangerPolicy policy, Meant meant) {
        Optional<Resource> columns = Optional.ofNullable(policy.resources().get("column"));
        List<MaskRule> rules = rules(policy);
        if (rules.isEmpty() || meant.all().isEmpty()) {
            return;
        }
        add("mask", new Masking(columns.map(resource -> columns(resource, meant, policy.position()))
                .orElseGet(() -> in(meant.all())), rules, Optional.empty(), 0), Optional.empty());
    }

    private List<MaskRule> rules(RangerPolicy policy) {
        ImmutableList.Builder<MaskRule> rules = ImmutableList.builder();
        Condition earlier = Condition.NOBODY;
        for (Item item : policy.transformations()) {
            Condition reaching = Condition.all(item.who().possible(), Condition.not(earlier));
            Optional<Mask> mask = item.transformation().map(masks::mask).orElse(Optional.empty());
            if (mask.isPresent() && satisfiability.isSatisfiable(reaching)) {
                // a mask of which it is not certain that it applies hides
                rules.add(new MaskRule(condition(reaching), item.who().isExact() ? mask.get() : new Mask.Null()));
            }
            earlier = Condition.any(earlier, item.who().certain());
        }
        return rules.build();
    }

    private Optional<String> condition(Condition condition) {
        return satisfiability.implies(Condition.EVERYBODY, condition) ? Optional.empty() : Optional.of(texts.of(condition));
    }

    private void filter(RangerPolicy policy, ObjectSelector selector) {
        if (selector.dataSources().isEmpty() && selector.tags().isEmpty()) {
            return;
        }
        Condition earlier = Condition.NOBODY;
        for (Item item : policy.transformations()) {
            Condition reaching = Condition.all(item.who().possible(), Condition.not(earlier));
            String text = item.transformation().map(RangerPolicy.Transformation::text).orElse("");
            earlier = Condition.any(earlier, item.who().certain());
            if (text.isBlank() || !satisfiability.isSatisfiable(reaching)) {
                continue;
            }
            Optional<String> exempt = condition(reaching).map(_ -> texts.of(Condition.not(reaching)));
            try {
                add("filter", new RowFilter(selector, new RowRule.Where(new ForeignSql().rowText(text, Optional.empty()))), exempt);
            }
            catch (PolicyTextException e) {
                remarks.unmigrated(item.element(), "a row filter", "a policy may not say it: %s; no row is shown".formatted(e.getMessage()),
                        "write the filter anew");
                add("filter", new RowFilter(selector, new RowRule.Where("false")), exempt);
            }
        }
    }

    /// Columns by name where the tables are known; else all of the name, wherever they are.
    private ColumnSelector columns(Resource columns, Meant meant, Element position) {
        if (columns.isEverything()) {
            return in(meant.all());
        }
        boolean named = columns.isLiteral() && meant.around().isEmpty() && meant.exact().stream().allMatch(ObjectName::isTable);
        if (!named) {
            remarks.unmigrated(position, "columns of tables that have no name here",
                    "the columns of these names are masked in all governed tables", "list all tables with --tables, or use tags");
            String pattern = columns.excludes()
                    ? ".*"
                    : columns.values().stream().sorted().map(RangerMigration::pattern)
                            .reduce((a, b) -> a + "|" + b).orElse(".*");
            return new ColumnSelector(ImmutableSet.of(), Optional.of(pattern), ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of(),
                    Optional.empty());
        }
        Set<ColumnName> names = new HashSet<>();
        for (ObjectName table : meant.exact()) {
            registered.add(table);
            columns.values().stream().map(column -> column.toLowerCase(ENGLISH))
                    .forEach(column -> names.add(new ColumnName(table, column, ImmutableList.of())));
        }
        return new ColumnSelector(names, Optional.empty(), ImmutableSet.of(), ImmutableSet.of(),
                ImmutableSet.of(), Optional.empty());
    }

    private static String pattern(String wildcard) {
        return wildcard.toLowerCase(ENGLISH).codePoints()
                .mapToObj(c -> c == '*'
                        ? ".*"
                        : c == '?'
                                ? "."
                                : Character.isLetterOrDigit(c) || c == '_'
                                        ? Character.toString(c)
                                        : "\\x{%x}".formatted(c))
                .reduce("", String::concat);
    }

    private void tagged(RangerPolicy policy) {
        Resource resource = requireNonNull(policy.resources().get("tag"), "tag is null");
        Set<String> tags = resource.values().stream().filter(tag -> Declarable.isAccepted(Declarable.tag(tag))).collect(toImmutableSet());
        if (!resource.isLiteral() || tags.size() < resource.values().size()) {
            remarks.unmigrated(resource.element(), "tags by wildcard, exclusion or with unusual names",
                    "a policy names tags of letters, digits, '_', '-' and dots; for other tags there is no policy", "rename the tags");
        }
        remarks.unmigrated(policy.position(), "where the tags %s are".formatted(tags.stream().sorted().map(Wording::quoted).toList()),
                "the export does not say it, and a policy on a tag that is nowhere does nothing",
                "put the tags on data sources and columns");
        if (tags.isEmpty()) {
            return;
        }
        ObjectSelector tables = new ObjectSelector(tags, ImmutableSet.of(), false);
        ColumnSelector columns = new ColumnSelector(ImmutableSet.of(), Optional.empty(), tags, ImmutableSet.of(), ImmutableSet.of(),
                Optional.empty());
        switch (policy.kind()) {
            case MASK -> {
                List<MaskRule> rules = rules(policy);
                if (!rules.isEmpty()) {
                    add("mask", new Masking(columns, rules, Optional.empty(), 0), Optional.empty());
                }
            }
            case ROW_FILTER -> filter(policy, tables);
            case ACCESS -> taggedAccess(policy, tables, columns);
        }
    }

    private void taggedAccess(RangerPolicy policy, ObjectSelector tables, ColumnSelector columns) {
        if (!policy.allow().isEmpty()) {
            remarks.unmigrated(policy.position(), "rights by tag", "a tag on a column would open its whole table, so nobody gets them",
                    "grant tables by tags that only tables have");
        }
        Condition refused = policy.refused(ImmutableSet.<String>builder().addAll(CLOSING).addAll(CHANGING).build());
        if (policy.denyAllElse()) {
            refused = Condition.any(refused,
                    Condition.not(Condition.any(policy.allow().stream().map(item -> item.who().certain()).toList())));
        }
        if (satisfiability.isSatisfiable(refused)) {
            remarks.unmigrated(policy.position(), "columns that are denied by tag",
                    "they show NULL where a query that named them was refused; tables with the tag are closed", "nothing, if NULL will do");
            add("guardrail", new Access(tables, new AccessRule.Guardrail(texts.of(Condition.not(refused)))), Optional.empty());
            add("mask", new Masking(columns, ImmutableList.of(new MaskRule(condition(refused), new Mask.Null())), Optional.empty(), 0),
                    Optional.empty());
        }
    }

    private static ObjectSelector selector(Set<ObjectName> objects) {
        return new ObjectSelector(ImmutableSet.of(), objects, false);
    }

    private static ColumnSelector in(Set<ObjectName> objects) {
        return new ColumnSelector(ImmutableSet.of(), Optional.empty(), ImmutableSet.of(), objects, ImmutableSet.of(), Optional.empty());
    }

    private void add(String what, Body body, Optional<String> exempt) {
        number++;
        documents.add(new Policy("ranger-%s-%s".formatted(what, number), Optional.empty(), State.ACTIVE, exempt, body));
    }
}
