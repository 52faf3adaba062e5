package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.Sets.intersection;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import java.util.List;

/// Decides who may act as whom: some policy must allow it. A policy that does not compile allows nothing. Thread-safe.
final class ImpersonationEvaluator {
    private final PartialEvaluator evaluator;

    ImpersonationEvaluator(PartialEvaluator evaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
    }

    ImpersonationDecision decide(PolicySnapshot snapshot, Subject login, Subject other) {
        List<Principals> allowed = snapshot.policies().impersonations().stream()
                .filter(policy -> evaluator.holds(policy.who(), login))
                .map(policy -> policy.impersonation().as())
                .collect(toImmutableList());
        if (allowed.stream().anyMatch(as -> as.users().contains(other.user()))) {
            return ImpersonationDecision.BY_NAME;
        }
        return allowed.stream().anyMatch(as -> !intersection(as.groups(), other.groups()).isEmpty())
                ? ImpersonationDecision.AS_MEMBER
                : ImpersonationDecision.REFUSED;
    }
}
