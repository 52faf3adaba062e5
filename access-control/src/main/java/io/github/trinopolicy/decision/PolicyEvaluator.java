package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import java.util.List;

/// The decision point. Every answer follows from a snapshot and a subject alone. Thread-safe.
public final class PolicyEvaluator {
    private final AccessEvaluator accessEvaluator;
    private final RowEvaluator rowEvaluator;
    private final ColumnEvaluator columnEvaluator;

    /// @param catalog the catalog that holds the masking functions
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog) {
        PartialEvaluator evaluator = new PartialEvaluator();
        accessEvaluator = new AccessEvaluator(evaluator);
        rowEvaluator = new RowEvaluator(evaluator);
        columnEvaluator = new ColumnEvaluator(evaluator, new MaskCompiler(evaluator, catalogue, catalog));
    }

    /// Whether and at which level the user may use a governed table.
    public AccessDecision access(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        return accessEvaluator.decide(snapshot, subject, TableFacts.of(snapshot, table));
    }

    /// How a governed table looks to the user.
    ///
    /// @param columns the columns as the engine shows them for this query; other columns do not exist
    public TableDecision decide(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableFacts facts = TableFacts.of(snapshot, table);
        AccessDecision access = accessEvaluator.decide(snapshot, subject, facts);
        TableRow row = TableRow.of(facts, columns);
        ImmutableMap.Builder<String, ColumnDecision> decisions = ImmutableMap.builder();
        for (Column column : columns) {
            decisions.put(column.name(), columnEvaluator.decide(snapshot, subject, access.level(), row, column));
        }
        return new TableDecision(access, rowEvaluator.decide(snapshot, subject, facts, columns), decisions.buildOrThrow());
    }
}
