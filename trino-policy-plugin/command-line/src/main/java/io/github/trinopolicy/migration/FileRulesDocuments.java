package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.migration.FileRules.TableRule;
import io.github.trinopolicy.migration.ObjectDecision.ColumnMask;
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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Gathers what is to be said of objects and writes one policy for all objects of which the same is to be said. Not thread-safe.
final class FileRulesDocuments {
    private final TableListing listing;
    private final ConditionText texts;
    private final ForeignSql sql = new ForeignSql();
    /// Tables with those of which a column that is to be masked does not exist yet.
    private final Map<ObjectName, Boolean> registered = new TreeMap<>(Comparator.comparing(ObjectName::toString));
    private final Map<Grant, Set<ObjectName>> grants = new LinkedHashMap<>();
    private final Map<Condition, Set<ObjectName>> guardrails = new LinkedHashMap<>();
    private final Map<Filter, Set<ObjectName>> filters = new LinkedHashMap<>();
    private final Map<List<MaskRule>, Set<ColumnName>> masks = new LinkedHashMap<>();

    private record Grant(Level level, Condition to) {}

    private record Filter(String text, int line, Condition who) {}

    FileRulesDocuments(TableListing listing, Satisfiability satisfiability) {
        this.listing = requireNonNull(listing, "listing is null");
        this.texts = new ConditionText(satisfiability);
    }

    /// True for a table of which it is known that it does not exist; such a table cannot be registered.
    boolean isMissing(ObjectName object) {
        return object.isTable() && !listing.tables().isEmpty() && !listing.tables().contains(object);
    }

    void register(ObjectName object) {
        if (!isMissing(object)) {
            registered.putIfAbsent(object, false);
        }
    }

    void grant(ObjectName object, Level level, Condition to) {
        // what is not registered is not seen by those who have a right on it alone
        register(object);
        grants.computeIfAbsent(new Grant(level, to), _ -> new LinkedHashSet<>()).add(object);
    }

    void guard(ObjectName object, Condition passing) {
        guardrails.computeIfAbsent(passing, _ -> new LinkedHashSet<>()).add(object);
    }

    void filter(ObjectName object, TableRule rule, Condition who) {
        filters.computeIfAbsent(new Filter(rule.filter().orElseThrow(), rule.scope().element().position().line(), who),
                _ -> new LinkedHashSet<>()).add(object);
    }

    void mask(ObjectName table, ObjectDecision decision) {
        register(table);
        for (String column : decision.columns()) {
            if (!listing.mayHave(table, column)) {
                registered.put(table, true);
                continue;
            }
            List<MaskRule> rules = decision.masksOf(column).stream().map(this::maskRule).collect(toImmutableList());
            masks.computeIfAbsent(rules, _ -> new LinkedHashSet<>()).add(new ColumnName(table, column, ImmutableList.of()));
        }
    }

    private MaskRule maskRule(ColumnMask mask) {
        Optional<String> forWhom = mask.reaching().equals(Condition.EVERYBODY) ? Optional.empty() : Optional.of(texts.of(mask.reaching()));
        return new MaskRule(forWhom, mask.column().mask().map(sql::mask).orElseGet(Mask.Null::new));
    }

    List<PolicyObject> build() {
        ImmutableList.Builder<PolicyObject> documents = ImmutableList.builder();
        registered.forEach(
                (object, lacksColumn) -> documents.add(Declarable.dataSource(object, object.isTable(), newColumns(object, lacksColumn))));
        int number = 0;
        for (Map.Entry<Grant, Set<ObjectName>> entry : grants.entrySet()) {
            number++;
            Grant grant = entry.getKey();
            documents.add(policy("file-rules-grant-" + number, Optional.empty(), Optional.empty(),
                    new Access(objects(entry.getValue()), new AccessRule.Grant(grant.level(), texts.of(grant.to())))));
        }
        number = 0;
        for (Map.Entry<Condition, Set<ObjectName>> entry : guardrails.entrySet()) {
            number++;
            documents.add(policy("file-rules-guardrail-" + number, Optional.empty(), Optional.empty(),
                    new Access(objects(entry.getValue()), new AccessRule.Guardrail(texts.of(entry.getKey())))));
        }
        number = 0;
        for (Map.Entry<Filter, Set<ObjectName>> entry : filters.entrySet()) {
            number++;
            Filter filter = entry.getKey();
            Condition exempt = Condition.not(filter.who());
            documents.add(policy("file-rules-filter-" + number, Optional.of("Rule at line %s".formatted(filter.line())),
                    exempt.equals(Condition.NOBODY) ? Optional.empty() : Optional.of(texts.of(exempt)),
                    new RowFilter(objects(entry.getValue()), new RowRule.Where(filter.text()))));
        }
        number = 0;
        for (Map.Entry<List<MaskRule>, Set<ColumnName>> entry : masks.entrySet()) {
            number++;
            documents.add(policy("file-rules-mask-" + number, Optional.empty(), Optional.empty(),
                    new Masking(columns(entry.getValue()), entry.getKey(), Optional.empty(), 0)));
        }
        return documents.build();
    }

    /// The original shows columns as they come; but one that is to be masked and does not exist yet waits for its approval.
    private static Optional<NewColumns> newColumns(ObjectName object, boolean lacksColumn) {
        if (lacksColumn) {
            return Optional.of(NewColumns.MASK);
        }
        return object.schema().isEmpty() ? Optional.of(NewColumns.ALLOW) : Optional.empty();
    }

    private static ObjectSelector objects(Set<ObjectName> objects) {
        return new ObjectSelector(ImmutableSet.of(), objects, false);
    }

    private static ColumnSelector columns(Set<ColumnName> names) {
        return new ColumnSelector(names, Optional.empty(), ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of(), Optional.empty());
    }

    private static Policy policy(String name, Optional<String> description, Optional<String> exempt, Body body) {
        return new Policy(name, description, State.ACTIVE, exempt, body);
    }
}
