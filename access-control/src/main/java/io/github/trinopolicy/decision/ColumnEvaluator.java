package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.decision.MaskCompiler.CompiledMask;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TrinoSql;
import io.github.trinopolicy.policy.UnresolvedColumnException;
import io.trino.sql.tree.Expression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides what a user sees of a column: the closest mask, then the strongest, and so on; the first that applies decides. Thread-safe.
final class ColumnEvaluator {
    private static final Comparator<Candidate> STRENGTH = Comparator.comparing(Candidate::type)
            .thenComparing(Comparator.<Candidate>comparingInt(candidate -> candidate.policy().masking().priority()).reversed())
            .thenComparing(candidate -> candidate.policy().name());

    private final PartialEvaluator evaluator;
    private final MaskCompiler maskCompiler;

    ColumnEvaluator(PartialEvaluator evaluator, MaskCompiler maskCompiler) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.maskCompiler = requireNonNull(maskCompiler, "maskCompiler is null");
    }

    /// A mask that may decide.
    ///
    /// @param condition what is left of the policy's condition; empty: the mask applies to every row
    private record Candidate(CompiledPolicy.Masking policy, Match match, CompiledMask mask, Mask.Type type,
            Optional<Expression> condition) {
        boolean yieldsTo(Candidate other) {
            return match.yieldsTo(other.match);
        }

        Candidate applyingToEveryRow() {
            return new Candidate(policy, match, mask, type, Optional.empty());
        }
    }

    ColumnDecision decide(PolicySnapshot snapshot, Subject subject, Optional<Level> level, TableRow row, Column column) {
        TableFacts table = row.table();
        if (!isShown(table, level, column)) {
            return hidden(Optional.empty(), "the column or its type is not approved yet; an owner can call policy.admin.approve_column");
        }
        Set<String> tags = table.effectiveTags(column.name());
        // the table is closed where the column is known; a column that nobody has described is hidden here
        Optional<CompiledPolicy.Broken> broken = snapshot.broken().concerning(table.name(), tags).stream()
                .filter(policy -> policy.hides(table, column, tags))
                .min(Comparator.comparing(CompiledPolicy::name));
        if (broken.isPresent()) {
            return hidden(broken.map(CompiledPolicy::name), "the policy does not compile: " + broken.get().reason());
        }
        List<Candidate> candidates = new ArrayList<>();
        List<String> exceptions = new ArrayList<>();
        for (CompiledPolicy.Masking policy : snapshot.maskings().concerning(table.name(), tags)) {
            Optional<Match> match = policy.columns().match(table, column.name(), tags, column.type());
            if (match.isEmpty()) {
                continue;
            }
            if (policy.exempt().filter(exempt -> evaluator.holds(exempt, subject)).isPresent()) {
                exceptions.add(policy.name());
                continue;
            }
            policy.rules().stream()
                    .filter(rule -> rule.forWhom().filter(forWhom -> !evaluator.holds(forWhom, subject)).isEmpty())
                    .findFirst()
                    .flatMap(rule -> candidate(policy, match.get(), rule.mask(), snapshot, subject, row, column))
                    .ifPresent(candidates::add);
        }
        return decide(candidates, column, exceptions.stream().sorted().collect(toImmutableList()));
    }

    /// Empty where the policy's condition is certainly false.
    private Optional<Candidate> candidate(CompiledPolicy.Masking policy, Match match, Mask mask, PolicySnapshot snapshot, Subject subject,
            TableRow row, Column column) {
        Candidate candidate = new Candidate(policy, match, maskCompiler.compile(mask, snapshot, row.table(), column), mask.type(),
                Optional.empty());
        if (policy.condition().isEmpty()) {
            return Optional.of(candidate);
        }
        try {
            PolicyText condition = policy.condition().get();
            Expression left = evaluator.evaluate(condition, subject, row.masking(column.name())).expression();
            if (TrinoSql.isLiteral(left, false)) {
                return Optional.empty();
            }
            return Optional.of(TrinoSql.isLiteral(left, true)
                    ? candidate
                    : new Candidate(policy, match, candidate.mask(), candidate.type(),
                            Optional.of(TrinoSql.notCertainlyFalse(left, condition.total()))));
        }
        catch (UnresolvedColumnException e) {
            // a condition that cannot be judged is not certainly false
            return Optional.of(candidate);
        }
    }

    private static ColumnDecision hidden(Optional<String> policy, String reason) {
        return new ColumnDecision(policy, Optional.of(TrinoSql.format(TrinoSql.nullValue())), "null", reason, false);
    }

    private static boolean isShown(TableFacts table, Optional<Level> level, Column column) {
        if (table.describedColumn(column.name(), column.type()).isPresent() || level.equals(Optional.of(Level.OWN))) {
            return true;
        }
        return switch (table.newColumns()) {
            case MASK -> false;
            case TAGGED_ONLY -> !table.columnTags(column.name()).isEmpty();
            case ALLOW -> true;
        };
    }

    private static ColumnDecision decide(List<Candidate> candidates, Column column, List<String> exceptions) {
        String exempted = exceptions.isEmpty() ? "" : "'exempt' of %s holds".formatted(String.join(", ", exceptions));
        if (candidates.isEmpty()) {
            return new ColumnDecision(Optional.empty(), Optional.empty(), "raw", exempted.isEmpty() ? "no mask policy applies" : exempted,
                    !exceptions.isEmpty());
        }
        Candidate first = first(candidates);
        Expression expression = choose(candidates, PartialEvaluator.columnReference(column.name()));
        return new ColumnDecision(Optional.of(first.policy().name()), Optional.of(TrinoSql.format(expression)), first.type().documentName(),
                reason(first, exempted), !exceptions.isEmpty());
    }

    /// The strongest of those that yield to none. The order of the candidates does not matter.
    private static Candidate first(List<Candidate> candidates) {
        return candidates.stream().filter(candidate -> candidates.stream().noneMatch(candidate::yieldsTo)).min(STRENGTH).orElseThrow();
    }

    /// For each row, the strongest of the masks that apply to it and yield to none that applies to it.
    ///
    /// Closeness is only a partial order, since unrelated tags are equal. So a stronger mask may stand behind a weaker one that it does not
    /// yield to, only because it yields to a third: whether that one applies to the row is then asked first.
    private static Expression choose(List<Candidate> candidates, Expression raw) {
        List<Candidate> left = candidates.stream()
                .filter(candidate -> candidates.stream().noneMatch(other -> other.condition().isEmpty() && candidate.yieldsTo(other)))
                .collect(toImmutableList());
        if (left.isEmpty()) {
            return raw;
        }
        Candidate first = first(left);
        Optional<Candidate> third = left.stream()
                .filter(candidate -> left.stream().noneMatch(candidate::yieldsTo))
                .filter(candidate -> left.stream().anyMatch(stronger -> stronger.type().compareTo(first.type()) < 0
                        && stronger.yieldsTo(candidate) && !stronger.yieldsTo(first)))
                .min(STRENGTH);
        Candidate asked = third.orElse(first);
        Expression mask = third.isEmpty() ? first.mask().expression() : choose(replaced(left, asked, asked.applyingToEveryRow()), raw);
        return asked.condition()
                .map(condition -> TrinoSql.choice(condition, mask, choose(without(left, asked), raw)))
                .orElse(mask);
    }

    private static List<Candidate> without(List<Candidate> candidates, Candidate removed) {
        return candidates.stream().filter(candidate -> !candidate.equals(removed)).collect(toImmutableList());
    }

    private static List<Candidate> replaced(List<Candidate> candidates, Candidate old, Candidate replacement) {
        return candidates.stream().map(candidate -> candidate.equals(old) ? replacement : candidate).collect(toImmutableList());
    }

    private static String reason(Candidate candidate, String exempted) {
        String selected = switch (candidate.match().closeness()) {
            case NAME -> "selected by name";
            case PATTERN -> "selected by pattern";
            case TAG -> "selected by tag " + String.join(", ", candidate.match().tags().stream().sorted().toList());
            case TABLE -> "selected by its table";
            case SCHEMA -> "selected by its schema";
            case CATALOG -> "selected by its catalog";
        };
        String fallback = candidate.mask().fallback().map(why -> "; null instead: " + why).orElse("");
        return selected + fallback + (exempted.isEmpty() ? "" : "; " + exempted);
    }
}
