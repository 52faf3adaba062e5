package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.decision.RevealEvaluator.RevealedTags;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TooManyValuesException;
import io.github.trinopolicy.policy.TrinoSql;
import io.github.trinopolicy.policy.UnresolvedColumnException;
import io.trino.sql.tree.Expression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Decides what a user sees of a column: the closest mask, then the strongest, and so on; the first that applies decides. Thread-safe.
final class ColumnEvaluator {
    private final PartialEvaluator evaluator;
    private final MaskCompiler maskCompiler;
    private final RevealEvaluator revealEvaluator;

    ColumnEvaluator(PartialEvaluator evaluator, MaskCompiler maskCompiler) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.maskCompiler = requireNonNull(maskCompiler, "maskCompiler is null");
        this.revealEvaluator = new RevealEvaluator(evaluator);
    }

    /// A column, seen by one user.
    record Sight(PolicySnapshot snapshot, Subject subject, Optional<Level> level, TableRow row, Column column) {
        /// The same seen by another subject, at the same level.
        Sight of(Subject other) {
            return new Sight(snapshot, other, level, row, column);
        }
    }

    /// What the policies that select a column come to for a user.
    ///
    /// @param exempt names of the policies of which the exception holds
    /// @param revealed which policies do not hold because of a reveal policy, and why
    /// @param others for each policy that selects the column and is no candidate, what to say of it when somebody asks
    private record Selected(List<MaskCandidate> candidates, List<String> exempt, List<String> revealed,
            List<Supplier<MaskVerdict>> others) {}

    ColumnDecision decide(Sight sight) {
        return hidden(sight).orElseGet(() -> decide(selected(sight), sight.column()));
    }

    /// In an equalized project: both the user's own sight and the common one of all members are obeyed.
    ColumnDecision decide(Sight own, Sight common) {
        return hidden(own).or(() -> hidden(common)).orElseGet(() -> {
            Selected ownMasks = selected(own);
            Selected commonMasks = selected(common);
            return Equalization.column(own.column(), decide(ownMasks, own.column()), MaskChoice.choose(ownMasks.candidates()),
                    decide(commonMasks, own.column()), MaskChoice.choose(commonMasks.candidates()));
        });
    }

    /// The masks that select the column, in the order in which they come; the first is what decides.
    List<MaskVerdict> explain(Sight sight) {
        Optional<ColumnDecision> hidden = hidden(sight);
        if (hidden.isPresent()) {
            return ImmutableList.of(MaskVerdict.of(hidden.get(), ""));
        }
        Selected selected = selected(sight);
        ColumnDecision decision = decide(selected, sight.column());
        ImmutableList.Builder<MaskVerdict> verdicts = ImmutableList.builder();
        if (selected.candidates().isEmpty()) {
            verdicts.add(MaskVerdict.of(decision, ""));
        }
        else {
            verdicts.addAll(MaskReasons.of(selected.candidates(), MaskChoice.first(selected.candidates()), decision));
        }
        selected.others().stream().map(Supplier::get).sorted(Comparator.comparing(verdict -> verdict.policy().orElse("")))
                .forEach(verdicts::add);
        return verdicts.build();
    }

    /// What the user sees of the column, in words that hold no key: `raw`, the type of the mask, or by which condition which of them.
    String appearance(Sight sight) {
        return hidden(sight).map(ColumnDecision::effect).orElseGet(() -> MaskReasons.appearance(selected(sight).candidates()));
    }

    /// Empty where the column is shown, as the policies say.
    private static Optional<ColumnDecision> hidden(Sight sight) {
        TableFacts table = sight.row().table();
        Column column = sight.column();
        if (!isShown(table, sight.level(), column)) {
            return Optional.of(hidden(Optional.empty(),
                    "the column or its type is not approved yet; an owner can call policy.admin.approve_column"));
        }
        Set<String> tags = table.effectiveTags(column.name());
        // the table is closed where the column is known; a column that nobody has described is hidden here
        return sight.snapshot().broken().concerning(table.name(), tags).stream()
                .filter(policy -> policy.hides(table, column, tags))
                .min(Comparator.comparing(CompiledPolicy::name))
                .map(broken -> hidden(Optional.of(broken.name()), "the policy does not compile"));
    }

    private Selected selected(Sight sight) {
        TableFacts table = sight.row().table();
        Column column = sight.column();
        Set<String> tags = table.effectiveTags(column.name());
        List<MaskCandidate> candidates = new ArrayList<>();
        List<String> exempt = new ArrayList<>();
        List<String> revealed = new ArrayList<>();
        RevealedTags revealedTags = revealEvaluator.revealed(sight, tags);
        List<Supplier<MaskVerdict>> others = new ArrayList<>();
        for (CompiledPolicy.Masking policy : sight.snapshot().maskings().concerning(table.name(), tags)) {
            Optional<Match> match = policy.columns().match(table, column.name(), tags, column.type());
            if (match.isEmpty()) {
                continue;
            }
            if (policy.exempt().filter(text -> evaluator.holds(text, sight.subject())).isPresent()) {
                exempt.add(policy.name());
                others.add(() -> MaskReasons.exempt(policy, match.get()));
                continue;
            }
            Optional<String> lifted = revealedTags.lift(policy.columns().tagsAlone(table, column.name(), tags));
            if (lifted.isPresent()) {
                revealed.add("%s is %s".formatted(policy.name(), lifted.get()));
                others.add(() -> MaskReasons.revealed(policy, match.get(), lifted.get()));
                continue;
            }
            int rule = firstFitting(policy.rules(), sight.subject());
            if (rule == 0) {
                others.add(() -> MaskReasons.noRule(policy, match.get()));
                continue;
            }
            candidate(policy, match.get(), rule, sight)
                    .ifPresentOrElse(candidates::add, () -> others.add(() -> MaskReasons.conditionIsFalse(policy, match.get())));
        }
        return new Selected(candidates, exempt.stream().sorted().collect(toImmutableList()),
                revealed.stream().sorted().collect(toImmutableList()), others);
    }

    /// The number of the rule, from 1; 0 where none fits.
    private int firstFitting(List<CompiledPolicy.Rule> rules, Subject subject) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).forWhom().filter(forWhom -> !evaluator.holds(forWhom, subject)).isEmpty()) {
                return i + 1;
            }
        }
        return 0;
    }

    /// Empty where the policy's condition is certainly false.
    private Optional<MaskCandidate> candidate(CompiledPolicy.Masking policy, Match match, int rule, Sight sight) {
        CompiledPolicy.Rule fitting = policy.rules().get(rule - 1);
        Column column = sight.column();
        MaskCandidate candidate = new MaskCandidate(policy, match, rule, fitting.mask(),
                maskCompiler.compile(fitting, sight.snapshot(), sight.subject(), sight.row(), column), Optional.empty());
        if (policy.condition().isEmpty()) {
            return Optional.of(candidate);
        }
        try {
            PolicyText condition = policy.condition().get();
            Expression left = evaluator.evaluate(condition, sight.subject(), sight.row().masking(column.name())).expression();
            if (TrinoSql.isLiteral(left, false)) {
                return Optional.empty();
            }
            return Optional.of(TrinoSql.isLiteral(left, true)
                    ? candidate
                    : new MaskCandidate(policy, match, rule, candidate.asked(), candidate.mask(),
                            Optional.of(TrinoSql.notCertainlyFalse(left, condition.total()))));
        }
        catch (UnresolvedColumnException | TooManyValuesException e) {
            // a condition that cannot be judged is not certainly false
            return Optional.of(candidate);
        }
    }

    private static ColumnDecision hidden(Optional<String> policy, String reason) {
        return new ColumnDecision(policy, Optional.of(TrinoSql.format(TrinoSql.nullValue())), "null", reason, false);
    }

    static boolean isShown(TableFacts table, Optional<Level> level, Column column) {
        if (table.describedColumn(column.name(), column.type()).isPresent() || level.equals(Optional.of(Level.OWN))) {
            return true;
        }
        return switch (table.newColumns()) {
            case MASK -> false;
            case TAGGED_ONLY -> !table.columnTags(column.name()).isEmpty();
            case ALLOW -> true;
        };
    }

    private static ColumnDecision decide(Selected selected, Column column) {
        List<String> exempt = selected.exempt();
        boolean underException = !exempt.isEmpty() || !selected.revealed().isEmpty();
        String exempted = Stream.concat(
                exempt.isEmpty() ? Stream.empty() : Stream.of("'exempt' of %s holds".formatted(String.join(", ", exempt))),
                selected.revealed().stream()).collect(joining("; "));
        if (selected.candidates().isEmpty()) {
            return new ColumnDecision(Optional.empty(), Optional.empty(), "raw", exempted.isEmpty() ? "no mask policy applies" : exempted,
                    underException);
        }
        MaskCandidate first = MaskChoice.first(selected.candidates());
        Expression expression = MaskChoice.choose(selected.candidates(), PartialEvaluator.columnReference(column.name()));
        return new ColumnDecision(Optional.of(first.name()), Optional.of(TrinoSql.format(expression)), first.type().documentName(),
                MaskReasons.deciding(first, exempted), underException);
    }
}
