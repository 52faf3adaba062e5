package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSortedMap.toImmutableSortedMap;
import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.decision.RevealEvaluator.RevealedTags;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.UnmaskRight.LiteralMask;
import io.github.trinopolicy.policy.Judgement;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TooManyValuesException;
import io.github.trinopolicy.policy.TrinoSql;
import io.github.trinopolicy.policy.TypeChecker;
import io.github.trinopolicy.policy.UnresolvedColumnException;
import io.trino.sql.tree.Expression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Decides what a user sees of a column: the closest mask, then the strongest, and so on; the first that applies decides. Thread-safe.
final class ColumnEvaluator {
    private final PartialEvaluator evaluator;
    private final MaskCompiler maskCompiler;
    private final RevealEvaluator revealEvaluator;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    ColumnEvaluator(PartialEvaluator evaluator, MaskCompiler maskCompiler, String catalog) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.maskCompiler = requireNonNull(maskCompiler, "maskCompiler is null");
        this.revealEvaluator = new RevealEvaluator(evaluator);
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// A column, seen by one user.
    record Sight(PolicySnapshot snapshot, Subject subject, Optional<Level> level, TableRow row, Column column) {
        /// The same seen by another subject, at the same level.
        Sight of(Subject other) {
            return new Sight(snapshot, other, level, row, column);
        }
    }

    ColumnDecision decide(Sight sight) {
        return hidden(sight).orElseGet(() -> decide(selected(sight)));
    }

    /// In an equalized project: both the user's own sight and the common one of all members are obeyed.
    ColumnDecision decide(Sight own, Sight common) {
        return hidden(own).or(() -> hidden(common)).orElseGet(() -> {
            SelectedMasks ownMasks = selected(own);
            SelectedMasks commonMasks = selected(common);
            if (ownMasks.maskParts() || commonMasks.maskParts()) {
                return Equalization.columnWithParts(decide(ownMasks), decide(commonMasks));
            }
            return Equalization.column(own.column(), decide(ownMasks), MaskChoice.choose(ownMasks.candidates()), decide(commonMasks),
                    MaskChoice.choose(commonMasks.candidates()), catalog);
        });
    }

    /// The masks that select the column, in the order in which they come; the first is what decides.
    List<MaskVerdict> explain(Sight sight) {
        Optional<ColumnDecision> hidden = hidden(sight);
        if (hidden.isPresent()) {
            return ImmutableList.of(MaskVerdict.of(hidden.get(), ""));
        }
        SelectedMasks selected = selected(sight);
        ImmutableList.Builder<MaskVerdict> verdicts = ImmutableList.builder();
        verdicts.addAll(explain(selected, decide(selected)));
        selected.inner().forEach(masks -> {
            String part = masks.part().name(sight.row().table().name(), sight.column().name());
            explain(masks, decidePart(masks, selected.hideAll())).forEach(verdict -> verdicts.add(verdict.ofPart(part)));
        });
        return verdicts.build();
    }

    private static List<MaskVerdict> explain(SelectedMasks selected, ColumnDecision decision) {
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

    /// The call of a masking function that makes what the user sees of any one value; empty where that depends on more than the value, or on no
    /// key.
    Optional<LiteralMask> literalMask(Sight sight) {
        return hidden(sight).isPresent() ? Optional.empty() : KeyedMasks.literalMask(catalog, selected(sight).expression());
    }

    /// What the user sees of the column, in words that hold no key: `raw`, the type of the mask, or by which condition which of them.
    String appearance(Sight sight) {
        return hidden(sight).map(ColumnDecision::effect).orElseGet(
                () -> selected(sight).appearance(sight.row().table().name(), sight.column().name()));
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

    private SelectedMasks selected(Sight sight) {
        TableFacts table = sight.row().table();
        Column column = sight.column();
        Set<String> tags = table.effectiveTags(column.name());
        Set<CompiledPolicy.Masking> policies = sight.snapshot().maskings().concerning(table.name(), tags);
        List<List<String>> paths = policies.stream().flatMap(policy -> policy.columns().partsNamed(table, column.name()))
                .map(ColumnName::path).filter(path -> PartSteps.exist(column.type(), path)).collect(toImmutableList());
        RevealedTags revealedTags = revealEvaluator.revealed(sight, tags);
        ColumnPart whole = ColumnPart.of(column, paths, sight.row().types().keySet());
        return selected(sight, policies, whole,
                policy -> policy.columns().missingPart(table, column, tags).map(_ -> Match.BY_NAME)
                        .or(() -> policy.columns().match(table, column.name(), tags, column.type())),
                policy -> revealedTags.lift(policy.columns().tagsAlone(table, column.name(), tags)))
                .with(parts(sight, policies, whole, tags));
    }

    /// A part is selected by name, so no reveal policy lays it open.
    private SortedMap<Integer, SelectedMasks> parts(Sight sight, Set<CompiledPolicy.Masking> policies, ColumnPart whole,
            Set<String> tags) {
        TableFacts table = sight.row().table();
        String column = sight.column().name();
        return whole.within().entrySet().stream().collect(toImmutableSortedMap(naturalOrder(), Map.Entry::getKey, entry -> {
            ColumnPart part = entry.getValue();
            Column variable = part.variable();
            Sight inner = new Sight(sight.snapshot(), sight.subject(), sight.level(), sight.row().within(sight.column()).with(variable),
                    variable);
            return selected(inner, policies, part,
                    policy -> policy.columns().matchPart(table, column, part.path(), tags, variable.type()), _ -> Optional.empty())
                    .with(parts(sight, policies, part, tags));
        }));
    }

    private SelectedMasks selected(Sight sight, Set<CompiledPolicy.Masking> policies, ColumnPart part,
            Function<CompiledPolicy.Masking, Optional<Match>> matching, Function<CompiledPolicy.Masking, Optional<String>> lifting) {
        List<MaskCandidate> candidates = new ArrayList<>();
        List<String> exempt = new ArrayList<>();
        List<String> revealed = new ArrayList<>();
        List<Supplier<MaskVerdict>> others = new ArrayList<>();
        for (CompiledPolicy.Masking policy : policies) {
            Optional<Match> match = matching.apply(policy);
            if (match.isEmpty()) {
                continue;
            }
            if (policy.exempt().filter(text -> evaluator.holds(text, sight.subject())).isPresent()) {
                exempt.add(policy.name());
                others.add(() -> MaskReasons.exempt(policy, match.get()));
                continue;
            }
            Optional<String> lifted = lifting.apply(policy);
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
        return new SelectedMasks(part, candidates, exempt.stream().sorted().collect(toImmutableList()),
                revealed.stream().sorted().collect(toImmutableList()), others, ImmutableSortedMap.of());
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
        MaskCandidate candidate = new MaskCandidate(policy, match, rule, fitting.mask(), compile(policy, fitting, sight), Optional.empty());
        if (policy.condition().isEmpty()) {
            return Optional.of(candidate);
        }
        try {
            PolicyText condition = policy.condition().get();
            Expression left = evaluator.evaluate(condition, sight.subject(), sight.row().masking(column.name())).expression();
            Judgement judgement = TypeChecker.judge(condition.expression(), sight.row().masking(column.name()));
            if (judgement.verdict() == Judgement.Verdict.WRONG) {
                return Optional.of(candidate);
            }
            if (TrinoSql.isLiteral(left, false)) {
                return Optional.empty();
            }
            return Optional.of(TrinoSql.isLiteral(left, true)
                    ? candidate
                    : new MaskCandidate(policy, match, rule, candidate.asked(), candidate.mask(),
                            Optional.of(TrinoSql.notCertainlyFalse(catalog, left, condition.total() && judgement.total()))));
        }
        catch (UnresolvedColumnException | TooManyValuesException e) {
            // a condition that cannot be judged is not certainly false
            return Optional.of(candidate);
        }
    }

    private CompiledMask compile(CompiledPolicy.Masking policy, CompiledPolicy.Rule rule, Sight sight) {
        TableFacts table = sight.row().table();
        // no policy names the variable of a part
        return policy.columns().missingPart(table, sight.column(), table.effectiveTags(sight.column().name()))
                .map(name -> CompiledMask.nullBecause(MaskReasons.missing(name)))
                .orElseGet(() -> maskCompiler.compile(rule, sight.snapshot(), sight.subject(), sight.row(), sight.column()));
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

    private ColumnDecision decide(SelectedMasks selected) {
        if (selected.maskNothing()) {
            String exceptions = selected.all().map(SelectedMasks::exceptions).filter(text -> !text.isEmpty()).distinct()
                    .collect(joining("; "));
            return new ColumnDecision(Optional.empty(), Optional.empty(), "raw",
                    exceptions.isEmpty() ? "no mask policy applies" : exceptions, selected.underException());
        }
        Optional<String> expression = Optional.of(TrinoSql.columnMask(catalog, selected.expression()));
        if (selected.candidates().isEmpty()) {
            String exceptions = selected.exceptions();
            return new ColumnDecision(Optional.empty(), expression, "parts",
                    "parts of it are masked" + (exceptions.isEmpty() ? "" : "; " + exceptions), selected.underException());
        }
        MaskCandidate first = MaskChoice.first(selected.candidates());
        return new ColumnDecision(Optional.of(first.name()), expression, first.type().documentName(),
                MaskReasons.deciding(first, selected.exceptions()), selected.underException());
    }

    /// Without an expression: the one of the column holds it.
    ///
    /// @param hidden true where the whole column is NULL
    private static ColumnDecision decidePart(SelectedMasks selected, boolean hidden) {
        String suffix = hidden ? "; the whole column is NULL" : "";
        if (selected.candidates().isEmpty()) {
            String exceptions = selected.exceptions();
            return new ColumnDecision(Optional.empty(), Optional.empty(), selected.maskNothing() ? "raw" : "parts",
                    (exceptions.isEmpty() ? selected.maskNothing() ? "no mask policy applies" : "parts of it are masked" : exceptions)
                            + suffix,
                    selected.underException());
        }
        MaskCandidate first = MaskChoice.first(selected.candidates());
        return new ColumnDecision(Optional.of(first.name()), Optional.empty(), hidden ? "null" : first.type().documentName(),
                MaskReasons.deciding(first, selected.exceptions()) + suffix, selected.underException());
    }
}
