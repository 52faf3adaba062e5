package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.ColumnEvaluator.Sight;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// The decision point. Every answer follows from a snapshot and a subject alone. Thread-safe.
public final class PolicyEvaluator {
    private final AccessEvaluator accessEvaluator;
    private final RowEvaluator rowEvaluator;
    private final ColumnEvaluator columnEvaluator;
    private final ImpersonationEvaluator impersonationEvaluator;
    private final RenamingEvaluator renamingEvaluator;
    private final TableReviewer reviewer;

    /// Time windows are those of UTC.
    ///
    /// @param catalog the catalog that holds the masking functions
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog) {
        this(catalogue, catalog, ZoneOffset.UTC);
    }

    /// @param catalog the catalog that holds the masking functions
    /// @param timeZone in which days and years of time windows are counted, and in which times without a zone are read
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog, ZoneId timeZone) {
        PartialEvaluator evaluator = new PartialEvaluator();
        TimeWindows timeWindows = new TimeWindows(timeZone);
        RowShares rowShares = new RowShares(catalogue, catalog);
        accessEvaluator = new AccessEvaluator(evaluator);
        rowEvaluator = new RowEvaluator(evaluator, timeWindows, rowShares);
        MaskCompiler maskCompiler = new MaskCompiler(evaluator, catalogue, catalog);
        columnEvaluator = new ColumnEvaluator(evaluator, maskCompiler);
        impersonationEvaluator = new ImpersonationEvaluator(evaluator);
        renamingEvaluator = new RenamingEvaluator(evaluator, rowEvaluator);
        reviewer = new TableReviewer(maskCompiler, timeWindows, rowShares);
    }

    /// Whether and at which level the user may use a governed table.
    public AccessDecision access(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        return accessEvaluator.decide(snapshot, subject, TableFacts.of(snapshot, table));
    }

    /// Whether the user who logged in may act as another one. Says nothing of names and offices that are not a matter of policies.
    public ImpersonationDecision impersonation(PolicySnapshot snapshot, Subject login, Subject other) {
        return impersonationEvaluator.decide(snapshot, login, other);
    }

    /// True where a policy that may hide something of a governed table from the user would not know it after a renaming. Says so too often
    /// rather than too seldom.
    ///
    /// @param renamed the new name of the table; empty: one of its columns is renamed, whichever
    public boolean escapesBy(PolicySnapshot snapshot, Subject subject, ObjectName table, Optional<ObjectName> renamed) {
        return renamingEvaluator.escapes(snapshot, subject, table, renamed);
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
            decisions.put(column.name(), columnEvaluator.decide(new Sight(snapshot, subject, access.level(), row, column)));
        }
        return new TableDecision(access, rowEvaluator.decide(snapshot, subject, facts, columns), decisions.buildOrThrow());
    }

    /// The same with everything that was weighed.
    public TableExplanation explain(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableDecision decision = decide(snapshot, subject, table, columns);
        TableRow row = TableRow.of(TableFacts.of(snapshot, table), columns);
        return new TableExplanation(decision, columns.stream().collect(toImmutableMap(Column::name,
                column -> columnEvaluator.explain(new Sight(snapshot, subject, decision.access().level(), row, column)))));
    }

    /// The same in words to be compared. Of a table without access there are no filters and columns.
    public TableAppearance appearance(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableFacts facts = TableFacts.of(snapshot, table);
        Optional<Level> level = accessEvaluator.decide(snapshot, subject, facts).level();
        if (level.isEmpty()) {
            return new TableAppearance(level, ImmutableList.of(), ImmutableMap.of());
        }
        TableRow row = TableRow.of(facts, columns);
        List<String> filters = rowEvaluator.decide(snapshot, subject, facts, columns).stream()
                .flatMap(filter -> filter.words().or(filter::expression).stream()).distinct().sorted().collect(toImmutableList());
        return new TableAppearance(level, filters, columns.stream().collect(toImmutableMap(Column::name,
                column -> columnEvaluator.appearance(new Sight(snapshot, subject, level, row, column)))));
    }

    /// True when a policy that hides something of the table from anybody would not hold as it does, were the table renamed. Tags, its own
    /// and inherited ones, are taken along.
    public boolean losesPolicies(PolicySnapshot snapshot, ObjectName table, ObjectName renamed) {
        return renamingEvaluator.loses(snapshot, table, renamed);
    }

    /// The same for a column.
    public boolean losesPolicies(PolicySnapshot snapshot, ObjectName table, String column, String renamed) {
        return renamingEvaluator.loses(snapshot, table, column, renamed);
    }

    /// True when the snapshot knows the new name of a column as that of another one of the table.
    public boolean isAnotherColumn(PolicySnapshot snapshot, ObjectName table, String column, String renamed) {
        TableFacts facts = TableFacts.of(snapshot, table);
        return facts.columnNames().contains(renamed)
                && facts.known().filter(known -> known.isSameColumn(column, renamed)).isEmpty();
    }

    /// What the authors of the table's policies should know, whoever uses it.
    public List<Finding> review(PolicySnapshot snapshot, ObjectName table, List<Column> columns) {
        return reviewer.review(snapshot, table, columns);
    }

    /// True where nobody sees the column of a governed table but those who own the table, since it is not approved.
    public boolean awaitsApproval(PolicySnapshot snapshot, ObjectName table, Column column) {
        TableFacts facts = TableFacts.of(snapshot, table);
        return facts.governed() && !ColumnEvaluator.isShown(facts, Optional.empty(), column);
    }
}
