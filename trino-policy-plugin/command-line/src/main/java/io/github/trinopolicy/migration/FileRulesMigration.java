package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.FileRules.CatalogAccess;
import io.github.trinopolicy.migration.FileRules.CatalogRule;
import io.github.trinopolicy.migration.FileRules.Privilege;
import io.github.trinopolicy.migration.FileRules.Rule;
import io.github.trinopolicy.migration.FileRules.SchemaRule;
import io.github.trinopolicy.migration.FileRules.Scope;
import io.github.trinopolicy.migration.FileRules.TableRule;
import io.github.trinopolicy.migration.FirstMatch.Step;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.PolicyObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Carries first-match rules over to policies of which the order means nothing.
///
/// For each object that has a name the conditions under which it may be used follow from the rules alone. Since a policy on a catalog or
/// schema also reaches everything within, a right is given there only to those who have it everywhere within, or for whom what lies within
/// is closed by a guardrail; others get it on the named objects alone. So the bundle never allows more than the rules.
final class FileRulesMigration {
    private final Satisfiability satisfiability = new Satisfiability();
    private final Map<List<Coverage>, ObjectDecision> decisions = new HashMap<>();
    private final List<CatalogRule> catalogRules;
    private final List<SchemaRule> schemaRules;
    private final List<TableRule> tableRules;
    private final ObjectTree tree;
    private final TableListing listing;
    private final Remarks remarks;
    private final FileRulesDocuments documents;

    FileRulesMigration(Element root, FileRules rules, TableListing listing, Remarks remarks) {
        Scope everything = new Scope(root, Who.exactly(Condition.EVERYBODY), Optional.empty(), Optional.empty(), Optional.empty());
        this.catalogRules = rules.catalogs().orElseGet(() -> ImmutableList.of(new CatalogRule(everything, CatalogAccess.ALL)));
        this.schemaRules = rules.schemas().orElseGet(() -> ImmutableList.of(new SchemaRule(everything, true)));
        this.tableRules = rules.tables().orElseGet(() -> ImmutableList
                .of(new TableRule(everything, ImmutableSet.copyOf(Privilege.values()), ImmutableList.of(), Optional.empty())));
        this.listing = requireNonNull(listing, "listing is null");
        this.remarks = requireNonNull(remarks, "remarks is null");
        this.tree = new ObjectTree(ImmutableList.<Rule>builder().addAll(catalogRules).addAll(schemaRules).addAll(tableRules).build(),
                listing.tables());
        this.documents = new FileRulesDocuments(listing, satisfiability);
    }

    /// How far an object is open, with everything within.
    ///
    /// @param allowed those who have each level on what the object itself stands for, as far as that can be enforced
    /// @param passing those whom a guardrail on the object lets pass
    private record Part(ObjectDecision decision, Map<Level, Condition> allowed, Condition passing) {
        Condition allowed(Level level) {
            return requireNonNull(allowed.get(level), "level is null");
        }
    }

    List<PolicyObject> migrate() {
        for (ObjectName catalog : tree.catalogs()) {
            Map<ObjectName, Part> tablesOfAll = new LinkedHashMap<>();
            Map<ObjectName, Part> schemas = new LinkedHashMap<>();
            for (ObjectName schema : tree.within(catalog)) {
                Map<ObjectName, Part> tables = new LinkedHashMap<>();
                tree.within(schema).forEach(table -> tables.put(table, table(table)));
                schemas.put(schema, container(schema, tables));
                tablesOfAll.putAll(tables);
            }
            Map<ObjectName, Part> within = new LinkedHashMap<>(schemas);
            within.putAll(tablesOfAll);
            Map<Level, Condition> onCatalog = granted(container(catalog, within), within);
            documents.register(catalog);
            grant(catalog, onCatalog, ImmutableList.of());
            Map<ObjectName, Map<Level, Condition>> onSchemas = new LinkedHashMap<>();
            schemas.forEach((schema, part) -> {
                Map<ObjectName, Part> tables = new LinkedHashMap<>(tablesOfAll);
                tables.keySet().removeIf(table -> !schema.contains(table));
                Map<Level, Condition> onSchema = granted(part, tables);
                onSchemas.put(schema, onSchema);
                guard(schema, part, ImmutableList.of(onCatalog));
                grant(schema, onSchema, ImmutableList.of(onCatalog));
            });
            tablesOfAll.forEach((table, part) -> {
                Map<Level, Condition> onSchema = requireNonNull(onSchemas.get(table.parent().orElseThrow()), "schema is null");
                guard(table, part, ImmutableList.of(onCatalog, onSchema));
                grant(table, part.allowed(), ImmutableList.of(onCatalog, onSchema));
            });
        }
        remarkUnnamedCatalogs();
        return documents.build();
    }

    private Part table(ObjectName table) {
        ObjectDecision decision = decide(table);
        boolean masked = !decision.columns().isEmpty();
        Condition unmaskable = Condition.NOBODY;
        if (masked && documents.isMissing(table)) {
            unmaskable = decision.columnsHidden();
            remarkMissing(decision, table);
        }
        else if (masked) {
            documents.mask(table, decision);
        }
        decision.filters().forEach(step -> documents.filter(table, step.rule(), decision.reaching(step)));
        Map<Level, Condition> allowed = allowed(decision, false, unmaskable);
        return new Part(decision, allowed, allowed.getOrDefault(Level.READ, Condition.NOBODY));
    }

    /// A catalog or schema. Its filters are made where they hold for everything within; where columns are masked or a filter does not fit,
    /// what has no name stays closed.
    private Part container(ObjectName object, Map<ObjectName, Part> within) {
        ObjectDecision decision = decide(object);
        remarkSchemas(decision);
        Condition closed = decision.columnsHidden();
        for (Step<TableRule> step : decision.filters()) {
            Condition reaching = decision.reaching(step);
            boolean fits = ImmutableSet.copyOf(within.values()).stream().allMatch(part -> satisfiability.implies(
                    Condition.all(reaching, part.allowed(Level.READ)), part.decision().reaching(step.rule())));
            if (fits) {
                documents.filter(object, step.rule(), reaching);
            }
            else {
                closed = Condition.any(closed, reaching);
            }
        }
        Map<Level, Condition> allowed = allowed(decision, true, closed);
        Condition passing = Condition.any(Condition.any(within.values().stream().map(part -> part.allowed(Level.READ)).distinct().toList()),
                allowed.getOrDefault(Level.READ, Condition.NOBODY));
        remarkClosed(decision, allowed);
        return new Part(decision, allowed, passing);
    }

    private static Map<Level, Condition> allowed(ObjectDecision decision, boolean container, Condition closed) {
        ImmutableMap.Builder<Level, Condition> allowed = ImmutableMap.builder();
        for (Level level : Level.values()) {
            // own on a schema or catalog also lets drop schemas
            Condition schemas = container && level == Level.OWN ? decision.ownSchemas() : Condition.EVERYBODY;
            allowed.put(level, Condition.all(Condition.not(closed), decision.onTables(level), schemas));
        }
        return allowed.buildOrThrow();
    }

    /// Those who get each level on the object, and so on everything within.
    private Map<Level, Condition> granted(Part part, Map<ObjectName, Part> within) {
        ImmutableMap.Builder<Level, Condition> granted = ImmutableMap.builder();
        for (Level level : Level.values()) {
            Set<Condition> terms = new LinkedHashSet<>();
            terms.add(part.allowed(level));
            for (Part inner : ImmutableSet.copyOf(within.values())) {
                Condition overshoot = Condition.all(part.allowed(level), inner.passing(), Condition.not(inner.allowed(level)));
                if (satisfiability.isSatisfiable(overshoot)) {
                    terms.add(Condition.any(inner.allowed(level), Condition.not(inner.passing())));
                }
            }
            Condition condition = Condition.all(terms);
            granted.put(level, condition);
            remarkLost(part.decision(), level, Condition.all(part.allowed(level), Condition.not(condition)));
        }
        return granted.buildOrThrow();
    }

    private void grant(ObjectName object, Map<Level, Condition> granted, List<Map<Level, Condition>> around) {
        Condition higher = Condition.NOBODY;
        for (Level level : ImmutableList.copyOf(Level.values()).reverse()) {
            Condition condition = requireNonNull(granted.get(level), "level is null");
            Condition already = Condition.any(higher,
                    Condition.any(around.stream().map(outer -> requireNonNull(outer.get(level), "level is null")).toList()));
            if (satisfiability.isSatisfiable(Condition.all(condition, Condition.not(already)))) {
                documents.grant(object, level, condition);
            }
            higher = Condition.any(higher, condition);
        }
    }

    /// Closes an object to those who have a right around it but none on it.
    private void guard(ObjectName object, Part part, List<Map<Level, Condition>> around) {
        Condition given = Condition.any(around.stream().map(outer -> requireNonNull(outer.get(Level.READ), "level is null")).toList());
        if (satisfiability.isSatisfiable(Condition.all(given, Condition.not(part.passing())))) {
            documents.guard(object, part.passing());
        }
    }

    private ObjectDecision decide(ObjectName object) {
        ImmutableList.Builder<Coverage> coverages = ImmutableList.builder();
        ImmutableList.<Rule>builder().addAll(catalogRules).addAll(schemaRules).addAll(tableRules).build()
                .forEach(rule -> coverages.add(tree.coverage(rule.scope(), object)));
        return decisions.computeIfAbsent(coverages.build(), _ -> new ObjectDecision(firstMatch(catalogRules, object),
                firstMatch(schemaRules, object), firstMatch(tableRules, object)));
    }

    private <R extends Rule> FirstMatch<R> firstMatch(List<R> rules, ObjectName object) {
        ImmutableList.Builder<Step<R>> steps = ImmutableList.builder();
        for (R rule : rules) {
            Coverage coverage = tree.coverage(rule.scope(), object);
            if (coverage == Coverage.MAYBE) {
                remarks.unmigrated(rule.scope().element(), "a pattern of objects",
                        "policies name objects; the rule is carried over for those that it or the list of tables names. What it may mean "
                                + "besides is open to nobody to whom this or a later rule would not open it",
                        "list all tables with --tables, and migrate again when there are new ones");
            }
            if (coverage != Coverage.NO) {
                steps.add(new Step<>(rule, rule.scope().who(), coverage));
            }
        }
        return new FirstMatch<>(steps.build());
    }

    private void remarkMissing(ObjectDecision decision, ObjectName table) {
        decision.tables().steps().stream().map(Step::rule).filter(rule -> !rule.columns().isEmpty()).forEach(rule -> remarks.unmigrated(
                rule.scope().element(), "columns of %s".formatted(Wording.quoted(table.toString())),
                "the list of tables does not hold it, and a mask needs a table that exists; it is closed to whom the mask applies",
                "migrate again when it exists"));
    }

    /// Remarks the rules by which somebody has a right on what has no name, but keeps it only on what has.
    private void remarkClosed(ObjectDecision decision, Map<Level, Condition> allowed) {
        for (Level level : ImmutableList.of(Level.READ, Level.WRITE)) {
            remarkLost(decision, level,
                    Condition.all(decision.onTables(level), Condition.not(allowed.getOrDefault(level, Condition.NOBODY))));
        }
        Condition tablesOnly = Condition.all(decision.onTables(Level.OWN), Condition.not(decision.ownSchemas()));
        remarkLost(decision, Level.OWN, tablesOnly);
    }

    private void remarkSchemas(ObjectDecision decision) {
        Condition schemasOnly = Condition.all(decision.ownSchemas(), Condition.not(decision.onTables(Level.OWN)));
        decision.schemas().steps().stream()
                .filter(step -> step.rule().owner() && satisfiability.isSatisfiable(
                        Condition.all(step.who().possible(), decision.schemas().reaching(step), schemasOnly)))
                .forEach(step -> remarks.unmigrated(step.rule().scope().element(),
                        "owners of schemas who do not own the tables",
                        "a schema is owned together with its tables, so they cannot create and drop schemas", "grant them the level own"));
    }

    private void remarkLost(ObjectDecision decision, Level level, Condition lost) {
        if (!satisfiability.isSatisfiable(lost)) {
            return;
        }
        decision.tables().steps().stream()
                .filter(step -> satisfiability.isSatisfiable(Condition.all(decision.reaching(step), lost)))
                .forEach(step -> remarks.unmigrated(step.rule().scope().element(), "the level %s".formatted(Wording.word(level)),
                        "a level on a whole catalog or schema reaches everything in it, also where other rules give less; so some users have "
                                + "it on the tables that are named, and less on others and on those to come",
                        "list all tables with --tables; own on a schema also needs a rule of 'schemas'"));
    }

    private void remarkUnnamedCatalogs() {
        boolean open = tableRules.stream().anyMatch(rule -> rule.scope().catalog().filter(NamePattern::isFinite).isEmpty())
                && catalogRules.stream().anyMatch(rule -> rule.access() != CatalogAccess.NONE
                        && rule.scope().catalog().filter(NamePattern::isFinite).isEmpty());
        if (open && listing.tables().isEmpty()) {
            remarks.unmigrated(tableRules.getFirst().scope().element(), "catalogs that no rule names",
                    "the bundle registers only catalogs with a name; of others policy.ungoverned-tables decides",
                    "list all tables with --tables");
        }
    }
}
