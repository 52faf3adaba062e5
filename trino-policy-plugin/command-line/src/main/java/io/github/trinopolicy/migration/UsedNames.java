package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The groups, attributes, tags and purposes that documents use; `apply` refuses those that are not declared. Not thread-safe.
final class UsedNames {
    private final PolicyTextParser parser = new PolicyTextParser();
    private final Set<String> groups = new TreeSet<>();
    private final Set<String> attributes = new TreeSet<>();
    private final Set<String> tags = new TreeSet<>();
    private final Set<String> purposes = new TreeSet<>();

    private UsedNames() {
    }

    static UsedNames of(Collection<PolicyObject> documents) {
        UsedNames names = new UsedNames();
        for (PolicyObject document : documents) {
            switch (document) {
                case Policy policy -> names.add(policy);
                case DataSource source -> {
                    names.tags.addAll(source.tags());
                    source.columns().values().forEach(column -> names.tags.addAll(column.tags()));
                }
                default -> {
                }
            }
        }
        return names;
    }

    List<PolicyObject> declarations() {
        return ImmutableList.<PolicyObject>builder()
                .addAll(tags.stream().map(Declarable::tag).toList())
                .addAll(attributes.stream().map(Declarable::attribute).toList())
                .addAll(purposes.stream().map(Declarable::purpose).toList())
                .addAll(groups.stream().map(Declarable::group).toList())
                .build();
    }

    private void add(Policy policy) {
        policy.exempt().ifPresent(text -> add(text, Scope.USER));
        switch (policy.body()) {
            case Policy.Access access -> {
                add(access.appliesTo());
                switch (access.rule()) {
                    case Policy.AccessRule.Grant grant -> add(grant.to(), Scope.USER);
                    case Policy.AccessRule.Guardrail guardrail -> add(guardrail.condition(), Scope.USER);
                }
            }
            case Policy.RowFilter filter -> {
                add(filter.appliesTo());
                add(filter.rule());
            }
            case Policy.Masking masking -> {
                add(masking.columns());
                masking.condition().ifPresent(text -> add(text, Scope.ROW));
                masking.rules().forEach(rule -> {
                    rule.forWhom().ifPresent(text -> add(text, Scope.USER));
                    if (rule.mask() instanceof Mask.Custom custom) {
                        add(custom.expression(), Scope.ROW);
                    }
                });
            }
            case Policy.Reveal reveal -> add(reveal.columns());
            case Policy.Unmask unmask -> add(unmask.columns());
            case Policy.Impersonation impersonation -> {
                add(impersonation.who(), Scope.USER);
                groups.addAll(impersonation.as().groups());
            }
        }
    }

    private void add(Policy.RowRule rule) {
        switch (rule) {
            case Policy.RowRule.Matches matches -> {
                matches.attribute().ifPresent(attributes::add);
                if (matches.column() instanceof Policy.ColumnReference.ByTag tag) {
                    tags.add(tag.tag());
                }
            }
            case Policy.RowRule.Where where -> add(where.condition(), Scope.ROW);
            case Policy.RowRule.Purposes some -> purposes.addAll(some.purposes());
            case Policy.RowRule.TimeWindow _,Policy.RowRule.Minimize _ -> {
            }
        }
    }

    private void add(ObjectSelector selector) {
        tags.addAll(selector.tags());
    }

    private void add(ColumnSelector selector) {
        tags.addAll(selector.tags());
        selector.not().ifPresent(this::add);
    }

    private void add(String text, Scope scope) {
        PolicyText parsed = parser.parse(text, scope);
        groups.addAll(parsed.names().groups());
        attributes.addAll(parsed.names().attributes());
        purposes.addAll(parsed.names().purposes());
        tags.addAll(parsed.tags());
    }
}
