package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.FileRules.CatalogAccess;
import io.github.trinopolicy.migration.FileRules.CatalogRule;
import io.github.trinopolicy.migration.FileRules.ColumnRule;
import io.github.trinopolicy.migration.FileRules.Privilege;
import io.github.trinopolicy.migration.FileRules.SchemaRule;
import io.github.trinopolicy.migration.FileRules.Scope;
import io.github.trinopolicy.migration.FileRules.TableRule;
import io.github.trinopolicy.policy.PolicyTextException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads the rules about catalogs, schemas and tables, and remarks what of them the bundle cannot say wherever they apply.
final class FileRulesReader {
    private static final String DENIED = "its users are denied what it gives";

    private final ForeignSql sql = new ForeignSql();
    private final Remarks remarks;

    FileRulesReader(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    FileRules read(Element root) {
        return new FileRules(rules(root, "catalogs", this::catalogRule), rules(root, "schemas", this::schemaRule),
                rules(root, "tables", this::tableRule));
    }

    private static <R> Optional<List<R>> rules(Element root, String section, Function<Element, R> reader) {
        return root.optional(section).map(list -> list.items().stream()
                .map(rule -> reader.apply(new Element(rule.node(), "a rule of '%s'".formatted(section)))).collect(toImmutableList()));
    }

    private CatalogRule catalogRule(Element rule) {
        rule.requireOnly("user", "role", "group", "catalog", "allow");
        Element allow = rule.required("allow");
        String value = allow.data().toLowerCase(ENGLISH);
        CatalogAccess access = switch (value) {
            case "all", "true" -> CatalogAccess.ALL;
            case "owner" -> {
                remarks.unmigrated(rule, "the access 'owner' of a catalog", "it is carried over as 'all', without CREATE and DROP CATALOG",
                        "name who may do this in policy.administrators");
                yield CatalogAccess.ALL;
            }
            case "read-only" -> CatalogAccess.READ_ONLY;
            case "none", "false" -> CatalogAccess.NONE;
            default -> throw allow.error("all, read-only or none is expected");
        };
        return new CatalogRule(scope(rule, rule.optional("catalog"), Optional.empty(), Optional.empty()), access);
    }

    private SchemaRule schemaRule(Element rule) {
        rule.requireOnly("user", "role", "group", "catalog", "schema", "owner");
        boolean owner = rule.optional("owner").map(Element::bool).orElse(false);
        return new SchemaRule(scope(rule, rule.optional("catalog"), rule.optional("schema"), Optional.empty()), owner);
    }

    private TableRule tableRule(Element rule) {
        rule.requireOnly("user", "role", "group", "catalog", "schema", "table", "privileges", "columns", "filter", "filter_environment");
        Scope scope = scope(rule, rule.optional("catalog"), rule.optional("schema"), rule.optional("table"));
        Set<Privilege> privileges = rule.required("privileges").items().stream().map(FileRulesReader::privilege).collect(toImmutableSet());
        Optional<String> user = environment(rule.optional("filter_environment"));
        Optional<String> filter = Optional.empty();
        Optional<Element> written = rule.optional("filter");
        if (written.isPresent()) {
            try {
                filter = Optional.of(sql.rowText(written.get().text(), user));
            }
            catch (PolicyTextException e) {
                remarks.unmigrated(written.get(), "the filter of a rule of 'tables'",
                        "a policy may not say it: %s; %s".formatted(e.getMessage(), DENIED), "write the filter anew");
                privileges = ImmutableSet.of();
            }
        }
        TableRule result = new TableRule(scope, privileges, columns(rule), filter);
        remarkPrivileges(result);
        return result;
    }

    private void remarkPrivileges(TableRule rule) {
        Set<Privilege> given = rule.privileges();
        Set<Privilege> carried = new HashSet<>();
        if (rule.reads()) {
            carried.addAll(ImmutableSet.of(Privilege.SELECT, Privilege.GRANT_SELECT));
        }
        if (rule.writes()) {
            carried.addAll(ImmutableSet.of(Privilege.INSERT, Privilege.DELETE, Privilege.UPDATE));
        }
        if (rule.owns()) {
            carried.add(Privilege.OWNERSHIP);
        }
        List<Privilege> lost = given.stream().filter(privilege -> !carried.contains(privilege)).sorted().collect(toImmutableList());
        if (!lost.isEmpty()) {
            remarks.unmigrated(rule.scope().element(), "the privileges %s".formatted(lost),
                    "the level write is SELECT, INSERT, DELETE and UPDATE together, and own is write and OWNERSHIP; what lacks a part of it "
                            + "is not given",
                    "grant the level to whom you trust with all of it");
        }
    }

    private static Privilege privilege(Element element) {
        String name = element.text().toUpperCase(ENGLISH);
        for (Privilege privilege : Privilege.values()) {
            if (privilege.name().equals(name)) {
                return privilege;
            }
        }
        throw element.error("%s is no privilege".formatted(Wording.quoted(element.text())));
    }

    private List<ColumnRule> columns(Element rule) {
        List<ColumnRule> result = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Element item : rule.itemsOf("columns")) {
            Element column = new Element(item.node(), "a column").requireOnly("name", "allow", "mask", "mask_environment");
            Element written = column.required("name");
            String name = written.text().toLowerCase(ENGLISH);
            if (!seen.add(name)) {
                throw written.error("the column %s stands twice".formatted(Wording.quoted(name)));
            }
            boolean allowed = column.optional("allow").map(Element::bool).orElse(true);
            Optional<Element> mask = column.optional("mask");
            if (!allowed || mask.isPresent()) {
                remarkColumn(written, name, allowed);
                result.add(new ColumnRule(name, allowed
                        ? mask.flatMap(text -> mask(text, environment(column.optional("mask_environment"))))
                        : Optional.empty()));
            }
        }
        return result;
    }

    private void remarkColumn(Element written, String name, boolean allowed) {
        if (!allowed) {
            remarks.unmigrated(written, "the column %s, which is not allowed".formatted(Wording.quoted(name)),
                    "it shows NULL, where a query that named it was refused, and its name is listed", "nothing, if NULL will do");
        }
        if (!written.text().equals(name)) {
            remarks.unmigrated(written, "the column %s".formatted(Wording.quoted(written.text())),
                    "Trino's columns are in lower case, so the rule had no effect; the bundle masks %s".formatted(Wording.quoted(name)),
                    "remove the policy if nothing was meant to be masked");
        }
    }

    /// Empty where the mask cannot be said: then the column is hidden.
    private Optional<String> mask(Element mask, Optional<String> user) {
        try {
            return Optional.of(sql.rowText(mask.text(), user));
        }
        catch (PolicyTextException e) {
            remarks.unmigrated(mask, "a mask", "a policy may not say it: %s; the column shows NULL".formatted(e.getMessage()),
                    "write the mask anew");
            return Optional.empty();
        }
    }

    private static Optional<String> environment(Optional<Element> environment) {
        return environment.flatMap(element -> element.requireOnly("user").optional("user")).map(Element::text);
    }

    private Scope scope(Element rule, Optional<Element> catalog, Optional<Element> schema, Optional<Element> table) {
        return new Scope(rule, who(rule), objects(catalog), objects(schema), objects(table));
    }

    private Optional<NamePattern> objects(Optional<Element> element) {
        Optional<NamePattern> pattern = element.map(NamePattern::of);
        pattern.ifPresent(it -> it.names().stream().filter(name -> !name.equals(name.toLowerCase(ENGLISH))).findFirst()
                .ifPresent(name -> remarks.unmigrated(element.get(), "the name %s".formatted(Wording.quoted(name)),
                        "Trino's names are in lower case, so it matches nothing, here as there", "correct the name")));
        return pattern;
    }

    private Who who(Element rule) {
        Who who = Who.exactly(Condition.EVERYBODY);
        Optional<Element> user = rule.optional("user");
        if (user.isPresent()) {
            who = who.and(users(user.get(), NamePattern.of(user.get())));
        }
        Optional<Element> group = rule.optional("group");
        if (group.isPresent()) {
            who = who.and(groups(group.get(), NamePattern.of(group.get())));
        }
        Optional<Element> role = rule.optional("role");
        if (role.isPresent()) {
            NamePattern.of(role.get());
            remarks.unmigrated(role.get(), "the role %s".formatted(Wording.quoted(role.get().text())),
                    "there are no roles; the rule gives nobody anything, and where it denies it denies everybody",
                    "make the role a group and the rule one for the group");
            who = new Who(Condition.NOBODY, who.possible());
        }
        return who;
    }

    private Who users(Element element, NamePattern pattern) {
        Condition certain = Condition.users(pattern.names(), pattern.prefixes());
        Condition possible = Condition.any(certain, Condition.users(Set.of(), pattern.maybe()));
        Who who = new Who(certain, possible);
        if (!who.isExact()) {
            remarkPattern(element, "users");
        }
        return who;
    }

    private Who groups(Element element, NamePattern pattern) {
        Set<String> declarable = pattern.names().stream().filter(name -> Declarable.isAccepted(Declarable.group(name)))
                .collect(toImmutableSet());
        Condition certain = Condition.groups(declarable);
        if (pattern.isFinite() && declarable.size() == pattern.names().size()) {
            return Who.exactly(certain);
        }
        remarkPattern(element, "groups");
        return new Who(certain, Condition.EVERYBODY);
    }

    private void remarkPattern(Element element, String what) {
        remarks.unmigrated(element, "the pattern %s of %s".formatted(Wording.quoted(element.text()), what),
                "a condition can name %s, and users also by the beginning of their names, but knows no patterns; the rule gives only to those "
                        .formatted(what) + "whom it can name, and where it denies it denies all whom it may mean",
                "write the names out, as in a|b");
    }
}
