package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Trait;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a table's looks follow from.
///
/// @param policies names of the enforced policies that may concern the table or one of its columns
/// @param traits what these look at in a user
public record TableReach(Set<String> policies, Set<Trait> traits) {
    public TableReach {
        policies = ImmutableSet.copyOf(policies);
        traits = ImmutableSet.copyOf(traits);
    }

    /// Stands for a name that no policy names.
    private static final String ANY_OTHER = "";

    /// Of a catalog or schema: what any table in it has in common that nothing is said of.
    public static TableReach ofAny(PolicySnapshot snapshot, ObjectName object) {
        return of(snapshot, object.isTable()
                ? object
                : ObjectName.ofTable(object.catalog(), object.schema().orElse(ANY_OTHER), ANY_OTHER));
    }

    public static TableReach of(PolicySnapshot snapshot, ObjectName table) {
        TableConcern concern = TableConcern.of(snapshot, table);
        return new TableReach(concern.policies().map(CompiledPolicy::name).collect(toImmutableSet()),
                // whoever works in a project has its data sources alone
                Stream.concat(Stream.of(new Trait.Project()), concern.policies().flatMap(TableReach::traits)).collect(toImmutableSet()));
    }

    private static Stream<Trait> traits(CompiledPolicy policy) {
        return switch (policy) {
            case CompiledPolicy.Grant grant -> Trait.of(grant.to()).stream();
            case CompiledPolicy.Guardrail guardrail -> Trait.of(guardrail.condition()).stream();
            case CompiledPolicy.RowFilter filter -> Stream.concat(texts(filter.exempt()), switch (filter.rule()) {
                case CompiledPolicy.RowRule.Matches rule ->
                    Stream.of(rule.matches().attribute().<Trait>map(Trait.Values::new).orElseGet(Trait.Groups::new));
                case CompiledPolicy.RowRule.Where rule -> Trait.of(rule.condition()).stream();
                case CompiledPolicy.RowRule.TimeWindow _,CompiledPolicy.RowRule.Minimize _ -> Stream.empty();
                case CompiledPolicy.RowRule.Purposes _ -> Stream.of(new Trait.Project());
            });
            case CompiledPolicy.Masking masking -> Stream.of(texts(masking.exempt()), texts(masking.condition()),
                    masking.rules().stream().flatMap(rule -> Stream.concat(texts(rule.forWhom()), texts(rule.expression()))))
                    .flatMap(traits -> traits);
            case CompiledPolicy.Reveal reveal -> traits(reveal.to());
            case CompiledPolicy.Unmask unmask -> traits(unmask.to());
            case CompiledPolicy.Impersonation _,CompiledPolicy.Broken _ -> Stream.empty();
        };
    }

    private static Stream<Trait> traits(CompiledPolicy.Beneficiary beneficiary) {
        return switch (beneficiary) {
            case CompiledPolicy.Beneficiary.AttributeMatchesTag to -> Stream.of(new Trait.Values(to.attribute()));
            case CompiledPolicy.Beneficiary.Condition to -> Trait.of(to.text()).stream();
        };
    }

    private static Stream<Trait> texts(Optional<PolicyText> text) {
        return text.stream().flatMap(present -> Trait.of(present).stream());
    }
}
