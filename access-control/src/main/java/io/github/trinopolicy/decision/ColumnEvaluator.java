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
    private static final Comparator<Candidate> STRENGTH = Comparator.<Candidate, Mask.Type>comparing(candidate -> candidate.mask().type())
            .thenComparing(Comparator.<Candidate>comparingInt(candidate -> candidate.policy().masking().priority()).reversed())
            .thenComparing(candidate -> candidate.policy().name());

    private final PartialEvaluator evaluator;
    private final MaskCompiler maskCompiler;

    ColumnEvaluator(PartialEvaluator evaluator, MaskCompiler maskCompiler) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.maskCompiler = requireNonNull(maskCompiler, "maskCompiler is null");
    }

    private record Candidate(CompiledPolicy.Masking policy, Match match, Mask mask) {}

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
                    .ifPresent(rule -> candidates.add(new Candidate(policy, match.get(), rule.mask())));
        }
        return decide(inOrder(candidates), snapshot, subject, row, column, exceptions.stream().sorted().collect(toImmutableList()));
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

    /// Closeness is only a partial order, since unrelated tags are equal: so the strongest of those that yield to none comes first, and
    /// what is left is ordered in the same way. The order of the candidates does not matter.
    private static List<Candidate> inOrder(List<Candidate> candidates) {
        List<Candidate> left = new ArrayList<>(candidates);
        ImmutableList.Builder<Candidate> ordered = ImmutableList.builder();
        while (!left.isEmpty()) {
            Candidate first = left.stream()
                    .filter(candidate -> left.stream().noneMatch(other -> candidate.match().yieldsTo(other.match())))
                    .min(STRENGTH)
                    .orElseThrow();
            ordered.add(first);
            left.remove(first);
        }
        return ordered.build();
    }

    private ColumnDecision decide(List<Candidate> ordered, PolicySnapshot snapshot, Subject subject, TableRow row, Column column,
            List<String> exceptions) {
        String exempted = exceptions.isEmpty() ? "" : "'exempt' of %s holds".formatted(String.join(", ", exceptions));
        Expression raw = PartialEvaluator.columnReference(column.name());
        Expression result = raw;
        Optional<Candidate> deciding = Optional.empty();
        String reason = exempted;
        for (Candidate candidate : ordered.reversed()) {
            CompiledMask mask = maskCompiler.compile(candidate.mask(), snapshot, row.table(), column);
            Optional<Expression> masked = conditional(candidate.policy(), subject, row.masking(column.name()), mask.expression(), result);
            if (masked.isPresent()) {
                result = masked.get();
                deciding = Optional.of(candidate);
                reason = reason(candidate, mask, exempted);
            }
        }
        if (deciding.isEmpty()) {
            return new ColumnDecision(Optional.empty(), Optional.empty(), "raw", exempted.isEmpty() ? "no mask policy applies" : exempted,
                    !exceptions.isEmpty());
        }
        return new ColumnDecision(deciding.map(candidate -> candidate.policy().name()), Optional.of(TrinoSql.format(result)),
                deciding.get().mask().type().documentName(), reason, !exceptions.isEmpty());
    }

    /// The mask, or a choice between it and `otherwise` by row; empty where the policy's condition is certainly false.
    private Optional<Expression> conditional(CompiledPolicy.Masking policy, Subject subject, TableRow row, Expression mask,
            Expression otherwise) {
        if (policy.condition().isEmpty()) {
            return Optional.of(mask);
        }
        PolicyText condition = policy.condition().get();
        try {
            Expression left = evaluator.evaluate(condition, subject, row).expression();
            if (TrinoSql.isLiteral(left, false)) {
                return Optional.empty();
            }
            return Optional
                    .of(TrinoSql.isLiteral(left, true) ? mask : TrinoSql.maskedUnlessFalse(left, condition.total(), mask, otherwise));
        }
        catch (UnresolvedColumnException e) {
            // a condition that cannot be judged is not certainly false
            return Optional.of(mask);
        }
    }

    private static String reason(Candidate candidate, CompiledMask mask, String exempted) {
        String selected = switch (candidate.match().closeness()) {
            case NAME -> "selected by name";
            case PATTERN -> "selected by pattern";
            case TAG -> "selected by tag " + String.join(", ", candidate.match().tags().stream().sorted().toList());
            case TABLE -> "selected by its table";
            case SCHEMA -> "selected by its schema";
            case CATALOG -> "selected by its catalog";
        };
        String fallback = mask.fallback().map(why -> "; null instead: " + why).orElse("");
        return selected + fallback + (exempted.isEmpty() ? "" : "; " + exempted);
    }
}
