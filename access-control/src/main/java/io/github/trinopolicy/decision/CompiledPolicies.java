package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The policies of one store version with their texts parsed, and which of them may concern a table. Immutable.
///
/// @param byName staged ones too; the indexes hold only what is enforced
record CompiledPolicies(
        Map<String, CompiledPolicy> byName,
        PolicyIndex<CompiledPolicy.Grant> grants,
        PolicyIndex<CompiledPolicy.Guardrail> guardrails,
        PolicyIndex<CompiledPolicy.RowFilter> rowFilters,
        PolicyIndex<CompiledPolicy.Masking> maskings,
        PolicyIndex<CompiledPolicy.Reveal> reveals,
        PolicyIndex<CompiledPolicy.Unmask> unmasks,
        List<CompiledPolicy.Impersonation> impersonations,
        PolicyIndex<CompiledPolicy.Broken> broken) {
    /// @param previous what was compiled of an earlier version; a policy that is the same is taken over from there
    static CompiledPolicies of(Collection<PolicyObject> policies, PolicyCompiler compiler, Optional<CompiledPolicies> previous) {
        Map<String, CompiledPolicy> compiled = policies.stream().map(Policy.class::cast)
                .collect(toImmutableMap(Policy::name, policy -> previous.map(older -> older.byName().get(policy.name()))
                        .filter(older -> older.policy().equals(policy))
                        .orElseGet(() -> compiler.compile(policy))));
        return index(compiled);
    }

    private static CompiledPolicies index(Map<String, CompiledPolicy> compiled) {
        PolicyIndex.Builder<CompiledPolicy.Grant> grants = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Guardrail> guardrails = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.RowFilter> rowFilters = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Masking> maskings = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Reveal> reveals = new PolicyIndex.Builder<>();
        PolicyIndex.Builder<CompiledPolicy.Unmask> unmasks = new PolicyIndex.Builder<>();
        ImmutableList.Builder<CompiledPolicy.Impersonation> impersonations = ImmutableList.builder();
        PolicyIndex.Builder<CompiledPolicy.Broken> broken = new PolicyIndex.Builder<>();
        for (CompiledPolicy policy : compiled.values()) {
            if (policy.policy().state() == Policy.State.STAGED) {
                continue;
            }
            switch (policy) {
                case CompiledPolicy.Grant grant -> grants.add(grant.access().appliesTo(), grant);
                case CompiledPolicy.Guardrail guardrail -> guardrails.add(guardrail.access().appliesTo(), guardrail);
                case CompiledPolicy.RowFilter filter -> rowFilters.add(filter.filter().appliesTo(), filter);
                case CompiledPolicy.Masking masking -> maskings.add(masking.masking().columns(), masking);
                case CompiledPolicy.Reveal reveal -> reveals.add(reveal.reveal().columns(), reveal);
                case CompiledPolicy.Unmask unmask -> unmasks.add(unmask.unmask().columns(), unmask);
                case CompiledPolicy.Impersonation impersonation -> impersonations.add(impersonation);
                case CompiledPolicy.Broken failed -> addBroken(broken, failed);
            }
        }
        return new CompiledPolicies(compiled, grants.build(), guardrails.build(), rowFilters.build(), maskings.build(), reveals.build(),
                unmasks.build(), impersonations.build(), broken.build());
    }

    private static void addBroken(PolicyIndex.Builder<CompiledPolicy.Broken> index, CompiledPolicy.Broken policy) {
        switch (policy.policy().body()) {
            case Policy.Access access -> index.add(access.appliesTo(), policy);
            case Policy.RowFilter filter -> index.add(filter.appliesTo(), policy);
            case Policy.Masking masking -> index.add(masking.columns(), policy);
            // these only ever give more; without them less is seen
            case Policy.Reveal _,Policy.Unmask _,Policy.Impersonation _ -> {
            }
        }
    }

    /// Those that are enforced.
    Stream<CompiledPolicy.Unmask> activeUnmasks() {
        return byName.values().stream()
                .filter(policy -> policy.policy().state() == Policy.State.ACTIVE)
                .flatMap(policy -> policy instanceof CompiledPolicy.Unmask unmask ? Stream.of(unmask) : Stream.empty());
    }

    Collection<CompiledPolicy> all() {
        return byName.values();
    }

    /// Why a policy closes its tables; empty for one that compiles.
    Optional<String> brokenReason(String policy) {
        return byName.get(policy) instanceof CompiledPolicy.Broken failed ? Optional.of(failed.reason()) : Optional.empty();
    }
}
