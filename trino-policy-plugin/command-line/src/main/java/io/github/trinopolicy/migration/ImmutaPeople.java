package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.QualifiedName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Whom the `exceptions`, `inclusions` and `entitlements` of Immuta's policies mean.
final class ImmutaPeople {
    private static final Set<String> KNOWN = ImmutableSet.of("operator", "groups", "attributes", "purposes");
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private final Remarks remarks;

    ImmutaPeople(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    /// Everybody where nothing is said.
    Who included(Element rule) {
        return rule.optional("inclusions").map(this::who).orElseGet(() -> Who.exactly(Condition.EVERYBODY));
    }

    /// Nobody where nothing is said.
    Who excepted(Element rule) {
        return rule.optional("exceptions").map(this::who).orElseGet(() -> Who.exactly(Condition.NOBODY));
    }

    Who who(Element element) {
        List<Condition> terms = new ArrayList<>();
        boolean understood = true;
        for (Element group : element.itemsOf("groups")) {
            String name = (group.isMapping() ? group.required("name") : group).text();
            if (Declarable.isAccepted(Declarable.group(name))) {
                terms.add(Condition.groups(ImmutableSet.of(name)));
            }
            else {
                understood = false;
            }
        }
        for (Element attribute : element.itemsOf("attributes")) {
            String name = attribute.required("name").text();
            if (Declarable.isAccepted(Declarable.attribute(name))) {
                terms.add(new Condition.HasAttribute(name, attribute.required("value").data()));
            }
            else {
                understood = false;
            }
        }
        for (Element purpose : element.itemsOf("purposes")) {
            if (Declarable.isAccepted(Declarable.purpose(purpose.text()))) {
                terms.add(new Condition.UsesPurpose(purpose.text()));
            }
            else {
                understood = false;
            }
        }
        understood &= element.members().stream().allMatch(member -> KNOWN.contains(member.name()));
        // a condition of nothing would hold for everybody
        if (!understood || terms.isEmpty()) {
            remarks.unmigrated(element, "a condition on users", "it is not understood; nobody is excepted or allowed by it, and what it "
                    + "includes is masked or filtered for everybody", "write the condition anew");
            return new Who(Condition.NOBODY, Condition.EVERYBODY);
        }
        String operator = element.optional("operator").map(Element::text).orElse("");
        return switch (operator) {
            case "all", "and" -> Who.exactly(Condition.all(terms));
            case "any", "or" -> Who.exactly(Condition.any(terms));
            default -> {
                if (terms.size() > 1) {
                    remarks.unmigrated(element, "a condition on users without operator",
                            "whether all or any of it must hold is not said; for what it allows all, for what it includes any",
                            "say operator");
                }
                yield new Who(Condition.all(terms), Condition.any(terms));
            }
        };
    }

    /// A condition that holds where any of the rules does.
    static String anyMatch(List<RowRule> rules) {
        List<Expression> terms = rules.stream().map(rule -> match((RowRule.Matches) rule)).toList();
        return TrinoSql.format(new LogicalExpression(NOWHERE, LogicalExpression.Operator.OR, terms));
    }

    private static Expression match(RowRule.Matches matches) {
        Expression column = ConditionText.call("column_tagged", List.of(((ColumnReference.ByTag) matches.column()).tag()));
        return matches.attribute()
                .<Expression>map(attribute -> new FunctionCall(NOWHERE, QualifiedName.of("attribute_values_contain"),
                        List.of(ConditionText.text(attribute), column)))
                .orElseGet(() -> new FunctionCall(NOWHERE, QualifiedName.of("groups_contain"), List.of(column)));
    }
}
