package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.ColumnEvaluator.Sight;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Decides which tags of a column reveal policies lay open to a user, and which masks are void by that. Thread-safe.
final class RevealEvaluator {
    private final PartialEvaluator evaluator;

    RevealEvaluator(PartialEvaluator evaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
    }

    /// The tags of a column that are laid open to a user.
    ///
    /// @param policies tag to the name of the policy that lays it open
    record RevealedTags(Map<String, String> policies) {
        RevealedTags {
            policies = ImmutableMap.copyOf(policies);
        }

        /// Why a mask does not hold, as the end of a sentence about it; empty where it holds. A mask is void only where the column is
        /// selected by nothing but tags that are laid open.
        ///
        /// @param tags by which alone the mask selects the column
        Optional<String> lift(Set<String> tags) {
            if (tags.isEmpty() || !policies.keySet().containsAll(tags)) {
                return Optional.empty();
            }
            List<String> sorted = ImmutableList.sortedCopyOf(tags);
            Set<String> names = sorted.stream().map(policies::get).collect(toImmutableSet());
            return Optional.of("revealed through %s by policy %s".formatted(String.join(", ", sorted), String.join(", ", names)));
        }
    }

    /// @param tags of the column, own and inherited
    RevealedTags revealed(Sight sight, Set<String> tags) {
        Set<CompiledPolicy.Reveal> reveals = sight.snapshot().reveals().concerning(sight.row().table().name(), tags);
        if (reveals.isEmpty()) {
            return new RevealedTags(ImmutableMap.of());
        }
        Map<String, String> policies = new TreeMap<>();
        reveals.stream()
                .filter(reveal -> reveal.columns().match(sight.row().table(), sight.column().name(), tags, sight.column().type())
                        .isPresent())
                .sorted(Comparator.comparing(CompiledPolicy::name))
                .forEach(reveal -> laidOpen(reveal, sight.subject(), tags).forEach(tag -> policies.putIfAbsent(tag, reveal.name())));
        return new RevealedTags(policies);
    }

    private Set<String> laidOpen(CompiledPolicy.Reveal reveal, Subject subject, Set<String> columnTags) {
        Set<String> tags = reveal.columns().selectingTags(columnTags);
        return switch (reveal.to()) {
            case CompiledPolicy.Beneficiary.Condition to -> evaluator.holds(to.text(), subject) ? tags : ImmutableSet.of();
            case CompiledPolicy.Beneficiary.AttributeMatchesTag to ->
                tags.stream().filter(tag -> to.means(subject, tag)).collect(toImmutableSet());
        };
    }
}
