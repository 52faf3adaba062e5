package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;

import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.LeftOutColumns;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.RegexMaskCheck;
import io.github.trinopolicy.policy.RevealSelector;
import io.github.trinopolicy.policy.UnmaskSelector;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/// Parses the texts of policies. Thread-safe.
public final class PolicyCompiler {
    private final PolicyTextParser parser = new PolicyTextParser();

    /// Never fails: a policy that does not compile becomes one that closes its tables.
    CompiledPolicy compile(Policy policy) {
        try {
            return switch (policy.body()) {
                case Policy.Access access -> compile(policy, access);
                case Policy.RowFilter filter -> new CompiledPolicy.RowFilter(policy, filter, exempt(policy), compile(filter.rule()));
                case Policy.Masking masking -> compile(policy, masking);
                case Policy.Reveal reveal -> compile(policy, reveal);
                case Policy.Impersonation impersonation ->
                    new CompiledPolicy.Impersonation(policy, impersonation, parser.parse(impersonation.who(), Scope.USER));
                case Policy.Unmask unmask -> compile(policy, unmask);
            };
        }
        catch (PolicyTextException | UnsupportedPolicyException | InvalidMaskException | PatternSyntaxException e) {
            return new CompiledPolicy.Broken(policy, columnsOf(policy), String.valueOf(e.getMessage()));
        }
    }

    private static Optional<ColumnMatcher> columnsOf(Policy policy) {
        try {
            return policy.body() instanceof Policy.Masking masking ? Optional.of(ColumnMatcher.of(masking.columns())) : Optional.empty();
        }
        catch (PatternSyntaxException e) {
            // the selector is what is broken
            return Optional.empty();
        }
    }

    private CompiledPolicy compile(Policy policy, Policy.Access access) {
        return switch (access.rule()) {
            case Policy.AccessRule.Grant grant ->
                new CompiledPolicy.Grant(policy, access, grant.level(), parser.parse(grant.to(), Scope.USER));
            case Policy.AccessRule.Guardrail guardrail ->
                new CompiledPolicy.Guardrail(policy, access, parser.parse(guardrail.condition(), Scope.USER));
        };
    }

    private CompiledPolicy.RowRule compile(Policy.RowRule rule) {
        return switch (rule) {
            case Policy.RowRule.Matches matches -> new CompiledPolicy.RowRule.Matches(matches);
            case Policy.RowRule.Where where -> new CompiledPolicy.RowRule.Where(parser.parse(where.condition(), Scope.ROW));
            case Policy.RowRule.TimeWindow window -> new CompiledPolicy.RowRule.TimeWindow(window);
            case Policy.RowRule.Minimize minimize -> new CompiledPolicy.RowRule.Minimize(minimize.percent());
            case Policy.RowRule.Purposes purposes -> new CompiledPolicy.RowRule.Purposes(purposes.purposes());
        };
    }

    private CompiledPolicy compile(Policy policy, Policy.Masking masking) {
        LeftOutColumns.wrong(masking.columns()).ifPresent(wrong -> {
            throw new InvalidMaskException(wrong);
        });
        return new CompiledPolicy.Masking(policy, masking, ColumnMatcher.of(masking.columns()), exempt(policy),
                masking.rules().stream().map(this::compile).collect(toImmutableList()),
                masking.condition().map(text -> parser.parse(text, Scope.ROW)));
    }

    private CompiledPolicy.Rule compile(Policy.MaskRule rule) {
        Optional<PolicyText> forWhom = rule.forWhom().map(text -> parser.parse(text, Scope.USER));
        return switch (rule.mask()) {
            case Mask.Null mask -> rule(forWhom, mask);
            case Mask.Constant mask -> rule(forWhom, mask);
            case Mask.Hash mask -> rule(forWhom, mask);
            case Mask.Reversible mask -> rule(forWhom, mask);
            case Mask.FormatPreserving mask -> rule(forWhom, mask);
            case Mask.Regex mask -> {
                RegexMaskCheck.mistake(mask).ifPresent(mistake -> {
                    throw new InvalidMaskException(mistake.message());
                });
                yield rule(forWhom, mask);
            }
            case Mask.Rounding mask -> rule(forWhom, mask);
            case Mask.Custom mask ->
                new CompiledPolicy.Rule(forWhom, mask, Optional.of(parser.parse(mask.expression(), Scope.ROW)));
            case Mask mask -> throw new UnsupportedPolicyException("masks of type " + mask.type().documentName());
        };
    }

    private CompiledPolicy compile(Policy policy, Policy.Reveal reveal) {
        Optional<String> wrong = RevealSelector.wrong(reveal.columns()).or(() -> LeftOutColumns.wrong(reveal.columns()));
        if (wrong.isPresent()) {
            return new CompiledPolicy.Broken(policy, Optional.empty(), wrong.get());
        }
        return new CompiledPolicy.Reveal(policy, reveal, ColumnMatcher.of(reveal.columns()), compile(reveal.to()));
    }

    private CompiledPolicy compile(Policy policy, Policy.Unmask unmask) {
        Optional<String> wrong = UnmaskSelector.wrong(unmask).or(() -> LeftOutColumns.wrong(unmask.columns()));
        if (wrong.isPresent()) {
            return new CompiledPolicy.Broken(policy, Optional.empty(), wrong.get());
        }
        return new CompiledPolicy.Unmask(policy, unmask, ColumnMatcher.of(unmask.columns()), compile(unmask.to()));
    }

    private CompiledPolicy.Beneficiary compile(Policy.Beneficiary beneficiary) {
        return switch (beneficiary) {
            case Policy.Beneficiary.AttributeMatchesTag to -> new CompiledPolicy.Beneficiary.AttributeMatchesTag(to.attribute());
            case Policy.Beneficiary.Condition to -> new CompiledPolicy.Beneficiary.Condition(parser.parse(to.text(), Scope.USER));
        };
    }

    private static CompiledPolicy.Rule rule(Optional<PolicyText> forWhom, Mask mask) {
        return new CompiledPolicy.Rule(forWhom, mask, Optional.empty());
    }

    private Optional<PolicyText> exempt(Policy policy) {
        return policy.exempt().map(text -> parser.parse(text, Scope.USER));
    }

    private static final class InvalidMaskException extends RuntimeException {
        private InvalidMaskException(String message) {
            super(message);
        }
    }

    private static final class UnsupportedPolicyException extends RuntimeException {
        private UnsupportedPolicyException(String what) {
            super(what + " are not supported yet");
        }
    }
}
