package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.decision.CompiledMask.Fallback;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.StringLiteral;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Says why which mask decides. Tells that a policy has an exception, rules or a condition, and never what they say.
final class MaskReasons {
    private static final Comparator<MaskCandidate> CLOSENESS = Comparator.<MaskCandidate, ColumnMatcher.Closeness>comparing(
            candidate -> candidate.match().closeness()).thenComparing(MaskCandidate.STRENGTH);

    private MaskReasons() {
    }

    /// @param exempted empty, or of which policies the exception holds
    static String deciding(MaskCandidate candidate, String exempted) {
        return selected(candidate.match()) + shortfall(candidate) + (exempted.isEmpty() ? "" : "; " + exempted);
    }

    static MaskVerdict exempt(CompiledPolicy.Masking policy, Match match) {
        return MaskVerdict.without(policy.name(), "does not apply", selected(match) + "; 'exempt' holds");
    }

    /// @param lifted by which tag and policy
    static MaskVerdict revealed(CompiledPolicy.Masking policy, Match match, String lifted) {
        return MaskVerdict.without(policy.name(), "does not apply", selected(match) + "; " + lifted);
    }

    static MaskVerdict noRule(CompiledPolicy.Masking policy, Match match) {
        return MaskVerdict.without(policy.name(), "does not apply",
                "%s; none of its rules fits (%s)%s".formatted(selected(match), policy.rules().size(), exception(policy)));
    }

    static MaskVerdict conditionIsFalse(CompiledPolicy.Masking policy, Match match) {
        return MaskVerdict.without(policy.name(), "does not apply",
                "%s; 'condition' holds for no row%s".formatted(selected(match), exception(policy)));
    }

    /// @param first the candidate that decides
    static List<MaskVerdict> of(List<MaskCandidate> candidates, MaskCandidate first, ColumnDecision decision) {
        ImmutableList.Builder<MaskVerdict> verdicts = ImmutableList.builder();
        verdicts.add(MaskVerdict.of(decision, details(first)));
        candidates.stream().filter(candidate -> !candidate.equals(first)).sorted(CLOSENESS)
                .forEach(candidate -> verdicts.add(behind(candidate, candidates, first)));
        return verdicts.build();
    }

    private static MaskVerdict behind(MaskCandidate candidate, List<MaskCandidate> candidates, MaskCandidate first) {
        Optional<MaskCandidate> closer = candidates.stream().filter(candidate::yieldsTo)
                .min(Comparator.<MaskCandidate, Boolean>comparing(other -> other.condition().isPresent()).thenComparing(CLOSENESS));
        MaskCandidate ahead = closer.orElse(first);
        String why = closer.isPresent() ? "is selected more closely" : stronger(ahead, candidate);
        boolean always = ahead.condition().isEmpty();
        return MaskVerdict.without(candidate.name(), always ? "outranked" : "comes next",
                "%s of %s, %s%s; %s %s%s".formatted(candidate.type().documentName(), candidate.name(), selected(candidate.match()),
                        shortfall(candidate),
                        ahead.name(), why, always ? "" : ", and decides where its condition holds") + details(candidate));
    }

    /// What the mask does not give, with why.
    private static String shortfall(MaskCandidate candidate) {
        return candidate.mask().fallback().map(fallback -> "; %s instead: %s".formatted(fallback.type().documentName(), fallback.reason()))
                .orElse("") + candidate.mask().limit().map("; NULL for %s"::formatted).orElse("");
    }

    private static String stronger(MaskCandidate ahead, MaskCandidate candidate) {
        if (ahead.type() != candidate.type()) {
            return "has the stronger mask (%s)".formatted(ahead.type().documentName());
        }
        return ahead.policy().masking().priority() != candidate.policy().masking().priority()
                ? "has the higher priority"
                : "has the same mask and priority, and its name comes first";
    }

    private static String details(MaskCandidate candidate) {
        int rules = candidate.policy().rules().size();
        return (rules > 1 ? "; rule %s of %s fits".formatted(candidate.rule(), rules) : "")
                + (candidate.condition().isPresent() ? "; in rows where 'condition' is not certainly false" : "")
                + exception(candidate.policy());
    }

    private static String exception(CompiledPolicy.Masking policy) {
        return policy.exempt().isPresent() ? "; 'exempt' does not hold" : "";
    }

    /// @param name of a part that the type of the column lacks
    static String missing(ColumnName name) {
        return "the column has no part %s".formatted(name.withinTable());
    }

    static String selected(Match match) {
        return switch (match.closeness()) {
            case NAME -> "selected by name";
            case PATTERN -> "selected by pattern";
            case TAG -> "selected by tag " + String.join(", ", match.tags().stream().sorted().toList());
            case TABLE -> "selected by its table";
            case SCHEMA -> "selected by its schema";
            case CATALOG -> "selected by its catalog";
        };
    }

    /// What the candidates come to, with the name of each mask in place of its expression.
    static String appearance(List<MaskCandidate> candidates) {
        if (candidates.isEmpty()) {
            return "raw";
        }
        MaskCandidate first = MaskChoice.first(candidates);
        if (first.condition().isEmpty()) {
            return appearance(first);
        }
        return TrinoSql.format(MaskChoice.choose(
                candidates.stream().map(candidate -> candidate.withMask(PartialEvaluator.columnReference(appearance(candidate))))
                        .collect(toImmutableList()),
                PartialEvaluator.columnReference("raw")));
    }

    private static String appearance(MaskCandidate candidate) {
        Optional<Fallback> fallback = candidate.mask().fallback();
        if (fallback.isPresent()) {
            return fallback.get().type().documentName();
        }
        return switch (candidate.asked()) {
            case Mask.Constant constant -> "constant '%s'".formatted(constant.value());
            case Mask.Rounding(Mask.Granularity.Bucket bucket) -> "rounding to " + bucket.size();
            case Mask.Rounding(Mask.Granularity.Unit unit) -> "rounding to " + MaskFit.timeUnit(unit.unit()).sqlName();
            case Mask.Rounding(Mask.Granularity.FromFingerprint _) -> candidate.mask().expression() instanceof FunctionCall call
                    && call.getArguments().getLast().getValue() instanceof StringLiteral chosen
                            ? "rounding to %s, from the fingerprint".formatted(chosen.getValue())
                            : "rounding";
            case Mask.Regex regex -> "regex '%s' to '%s'%s%s".formatted(regex.pattern(), regex.replacement(),
                    regex.firstOnly() ? ", first only" : "", regex.noMatch() == Mask.NoMatch.KEEP ? ", others kept" : "");
            case Mask.Reversible(boolean keepEquality) -> keepEquality ? "reversible, equality kept" : "reversible";
            case Mask.FormatPreserving format -> "format-preserving" + format.alphabet()
                    .filter(_ -> candidate.mask().expression() instanceof FunctionCall call && call.getArguments().size() > 3)
                    .map(alphabet -> " of " + Wording.word(alphabet)).orElse("");
            case Mask.Custom _ -> "custom " + TrinoSql.format(candidate.mask().expression());
            case Mask mask -> mask.type().documentName();
        };
    }
}
