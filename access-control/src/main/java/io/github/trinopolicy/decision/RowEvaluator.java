package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.policy.Judgement;
import io.github.trinopolicy.policy.PartialEvaluation;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.policy.TooManyValuesException;
import io.github.trinopolicy.policy.TrinoSql;
import io.github.trinopolicy.policy.TypeChecker;
import io.github.trinopolicy.policy.UnresolvedColumnException;
import io.trino.sql.tree.NullLiteral;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Decides which rows of a table a user sees: every applicable filter must hold. Thread-safe.
final class RowEvaluator {
    private static final String NO_ROW = "false";

    private final PartialEvaluator evaluator;
    private final TimeWindows timeWindows;
    private final RowShares rowShares;
    private final String catalog;

    /// @param catalog the catalog that holds the masking functions
    RowEvaluator(PartialEvaluator evaluator, TimeWindows timeWindows, RowShares rowShares, String catalog) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.timeWindows = requireNonNull(timeWindows, "timeWindows is null");
        this.rowShares = requireNonNull(rowShares, "rowShares is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    List<FilterDecision> decide(PolicySnapshot snapshot, Subject subject, TableFacts table, Collection<Column> columns) {
        TableRow row = TableRow.of(table, columns);
        return snapshot.rowFilters().concerning(table.name(), table.tags()).stream()
                .sorted(Comparator.comparing(CompiledPolicy::name))
                .flatMap(filter -> decide(filter, snapshot, subject, row).stream())
                .collect(toImmutableList());
    }

    private List<FilterDecision> decide(CompiledPolicy.RowFilter filter, PolicySnapshot snapshot, Subject subject, TableRow row) {
        if (filter.exempt().filter(exempt -> evaluator.holds(exempt, subject)).isPresent()) {
            return ImmutableList.of(new FilterDecision(filter.name(), Optional.empty(), "'exempt' holds", true));
        }
        try {
            List<FilterDecision> decisions = switch (filter.rule()) {
                case CompiledPolicy.RowRule.Matches rule -> matches(filter.name(), rule.matches(), subject, row);
                case CompiledPolicy.RowRule.Where rule -> ImmutableList.of(where(filter.name(), rule.condition(), subject, row));
                case CompiledPolicy.RowRule.TimeWindow rule -> ImmutableList.of(
                        timeWindows.missing(row).map(missing -> closed(filter.name(), missing))
                                .orElseGet(() -> timeWindows.decide(filter.name(), rule.window(), subject, row)));
                case CompiledPolicy.RowRule.Minimize rule -> ImmutableList.of(
                        rowShares.missing(snapshot, row).map(missing -> closed(filter.name(), missing))
                                .orElseGet(() -> rowShares.decide(filter.name(), rule.percent(), snapshot, row)));
                case CompiledPolicy.RowRule.Purposes rule -> ImmutableList.of(purposes(filter.name(), rule.purposes(), subject));
            };
            return filter.exempt().isEmpty() ? decisions : decisions.stream().map(RowEvaluator::notExempt).collect(toImmutableList());
        }
        catch (UnresolvedColumnException | TooManyValuesException e) {
            return ImmutableList.of(new FilterDecision(filter.name(), Optional.of(NO_ROW), "closes the table: " + e.getMessage(), false));
        }
    }

    private static FilterDecision closed(String policy, String missing) {
        return new FilterDecision(policy, Optional.of(NO_ROW), "closes the table: there is " + missing, false);
    }

    private static FilterDecision notExempt(FilterDecision decision) {
        return new FilterDecision(decision.policy(), decision.expression(), decision.words(),
                decision.reason() + "; 'exempt' does not hold", false);
    }

    private List<FilterDecision> matches(String policy, Policy.RowRule.Matches matches, Subject subject, TableRow row) {
        String what = matches.attribute().map("attribute '%s'"::formatted).orElse("groups");
        Collection<String> values = matches.attribute().<Collection<String>>map(subject.attributes()::get).orElse(subject.groups());
        List<String> columns = switch (matches.column()) {
            case ColumnReference.ByName name -> ImmutableList.of(name.name());
            case ColumnReference.ByTag tag -> {
                List<String> tagged = row.columnsTagged(tag.tag());
                if (tagged.isEmpty()) {
                    throw new UnresolvedColumnException("it has no column tagged '%s'".formatted(tag.tag()));
                }
                yield tagged;
            }
        };
        return columns.stream()
                .map(column -> {
                    PartialEvaluation evaluation = evaluator.oneOf(column, values, what, subject, row);
                    String reason = values.isEmpty()
                            ? "the user has no value of %s".formatted(what)
                            : "column '%s' must equal a value of %s".formatted(column, what);
                    return new FilterDecision(policy, Optional.of(TrinoSql.format(evaluation.expression())),
                            reason + lookedUp(evaluation, values) + dropped(evaluation), false);
                })
                .collect(toImmutableList());
    }

    private FilterDecision where(String policy, PolicyText condition, Subject subject, TableRow row) {
        Judgement judgement = TypeChecker.judge(condition.expression(), row);
        if (judgement.verdict() == Judgement.Verdict.WRONG) {
            return new FilterDecision(policy, Optional.of(NO_ROW), "closes the table: 'where' does not go with the types of its columns",
                    false);
        }
        PartialEvaluation evaluation = evaluator.evaluate(condition, subject, row);
        if (TrinoSql.isLiteral(evaluation.expression(), true)) {
            return new FilterDecision(policy, Optional.empty(), "'where' holds for every row", false);
        }
        if (TrinoSql.isLiteral(evaluation.expression(), false) || evaluation.expression() instanceof NullLiteral) {
            return new FilterDecision(policy, Optional.of(NO_ROW), "'where' holds for no row" + dropped(evaluation), false);
        }
        return new FilterDecision(policy,
                Optional.of(TrinoSql.rowFilter(catalog, evaluation.expression(), condition.total() && judgement.total())),
                "'where' must hold" + dropped(evaluation), false);
    }

    /// What is seen for a purpose is seen by an exception: it must not be carried to where nobody asks for the purpose.
    private static FilterDecision purposes(String policy, List<String> purposes, Subject subject) {
        Optional<String> used = purposes.stream().filter(subject::usesPurpose).findFirst();
        return new FilterDecision(policy, used.isPresent() ? Optional.empty() : Optional.of(NO_ROW),
                used.map("purpose '%s' is in use"::formatted).orElseGet(() -> "none of these purposes is in use: %s; "
                        .formatted(purposes.stream().map("'%s'"::formatted).collect(joining(", ")))
                        + "CALL policy.session.use_project(...) with a project that has one"),
                used.isPresent());
    }

    private static String lookedUp(PartialEvaluation evaluation, Collection<String> values) {
        return TrinoSql.isSetLookup(evaluation.expression())
                ? "; there are %s, so each row is looked up in a set of the store".formatted(values.size())
                : "";
    }

    private static String dropped(PartialEvaluation evaluation) {
        return evaluation.droppedValues().isEmpty()
                ? ""
                : "; values of %s that are no values of the column's type were left out".formatted(
                        String.join(", ", evaluation.droppedValues()));
    }
}
