package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A policy with its texts parsed.
sealed interface CompiledPolicy {
    Policy policy();

    default String name() {
        return policy().name();
    }

    /// Gives a level to those for whom `to` holds.
    record Grant(Policy policy, Policy.Access access, Policy.Level level, PolicyText to) implements CompiledPolicy {}

    /// Closes its tables to those for whom `condition` does not hold.
    record Guardrail(Policy policy, Policy.Access access, PolicyText condition) implements CompiledPolicy {}

    record RowFilter(Policy policy, Policy.RowFilter filter, Optional<PolicyText> exempt, RowRule rule) implements CompiledPolicy {}

    sealed interface RowRule {
        record Matches(Policy.RowRule.Matches matches) implements RowRule {}

        record Where(PolicyText condition) implements RowRule {}

        record TimeWindow(Policy.RowRule.TimeWindow window) implements RowRule {}

        record Minimize(double percent) implements RowRule {}

        record Purposes(List<String> purposes) implements RowRule {
            public Purposes {
                purposes = ImmutableList.copyOf(purposes);
            }
        }
    }

    record Masking(Policy policy, Policy.Masking masking, ColumnMatcher columns, Optional<PolicyText> exempt, List<Rule> rules,
            Optional<PolicyText> condition) implements CompiledPolicy {
        public Masking {
            rules = ImmutableList.copyOf(rules);
        }
    }

    /// @param expression of a mask of type `custom`
    record Rule(Optional<PolicyText> forWhom, Mask mask, Optional<PolicyText> expression) {}

    /// Lets those whom `to` means see columns despite the masks that select them by tag.
    record Reveal(Policy policy, Policy.Reveal reveal, ColumnMatcher columns, Beneficiary to) implements CompiledPolicy {}

    /// Lets those whom `to` means turn masked values of columns back.
    record Unmask(Policy policy, Policy.Unmask unmask, ColumnMatcher columns, Beneficiary to) implements CompiledPolicy {}

    sealed interface Beneficiary {
        record AttributeMatchesTag(String attribute) implements Beneficiary {
            boolean means(Subject subject, String tag) {
                return subject.attributes().get(attribute).stream().anyMatch(value -> DottedPath.isSameOrBelow(tag, value));
            }
        }

        record Condition(PolicyText text) implements Beneficiary {}
    }

    /// Lets those for whom `who` holds act as others.
    record Impersonation(Policy policy, Policy.Impersonation impersonation, PolicyText who) implements CompiledPolicy {}

    /// A policy that does not compile; it closes every table that it selects.
    ///
    /// @param columns of a mask policy; empty when the selector itself does not compile, so that every table it may mean is closed
    record Broken(Policy policy, Optional<ColumnMatcher> columns, String reason) implements CompiledPolicy {
        /// @param table one that the policy selects as far as its index tells
        boolean closes(TableFacts table) {
            return columns.map(matcher -> matcher.maySelectFrom(table)).orElse(true);
        }

        /// True when the policy would have masked the column.
        boolean hides(TableFacts table, Column column, Set<String> tags) {
            return policy.body() instanceof Policy.Masking
                    && columns.map(matcher -> matcher.match(table, column.name(), tags, column.type()).isPresent()
                            || matcher.partsNamed(table, column.name()).findAny().isPresent()).orElse(true);
        }
    }
}
