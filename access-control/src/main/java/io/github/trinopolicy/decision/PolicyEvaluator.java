package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.ColumnEvaluator.Sight;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.decision.UnmaskEvaluator.View;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.UnmaskRight;
import io.github.trinopolicy.policy.LargeSets;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.SetNames;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.Type;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The decision point. Every answer follows from a snapshot and a subject alone. Thread-safe.
public final class PolicyEvaluator {
    private final AccessEvaluator accessEvaluator;
    private final RowEvaluator rowEvaluator;
    private final ColumnEvaluator columnEvaluator;
    private final ImpersonationEvaluator impersonationEvaluator;
    private final RenamingEvaluator renamingEvaluator;
    private final AlteringEvaluator alteringEvaluator;
    private final TableReviewer reviewer;
    private final JoinReviewer joinReviewer;
    private final UnmaskEvaluator unmaskEvaluator;

    /// Time windows are those of UTC.
    ///
    /// @param catalog the catalog that holds the masking functions
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog) {
        this(catalogue, catalog, ZoneOffset.UTC);
    }

    /// @param catalog the catalog that holds the masking functions
    /// @param timeZone in which days and years of time windows are counted, and in which times without a zone are read
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog, ZoneId timeZone) {
        this(catalogue, catalog, timeZone, new SetNames());
    }

    /// @param catalog the catalog that holds the masking functions
    /// @param timeZone in which days and years of time windows are counted, and in which times without a zone are read
    /// @param largeSets which keep the sets that decisions refer to, if these are to be queried
    public PolicyEvaluator(MaskCatalogue catalogue, String catalog, ZoneId timeZone, LargeSets largeSets) {
        PartialEvaluator evaluator = new PartialEvaluator(largeSets, catalog);
        TimeWindows timeWindows = new TimeWindows(timeZone);
        RowShares rowShares = new RowShares(catalogue, catalog);
        accessEvaluator = new AccessEvaluator(evaluator);
        rowEvaluator = new RowEvaluator(evaluator, timeWindows, rowShares, catalog);
        MaskCompiler maskCompiler = new MaskCompiler(evaluator, catalogue, catalog);
        columnEvaluator = new ColumnEvaluator(evaluator, maskCompiler, catalog);
        impersonationEvaluator = new ImpersonationEvaluator(evaluator);
        alteringEvaluator = new AlteringEvaluator(evaluator);
        renamingEvaluator = new RenamingEvaluator(evaluator, rowEvaluator);
        reviewer = new TableReviewer(maskCompiler, timeWindows, rowShares);
        joinReviewer = new JoinReviewer(catalogue);
        unmaskEvaluator = new UnmaskEvaluator(evaluator, accessEvaluator, columnEvaluator);
    }

    /// Whether and at which level the user may use a governed table.
    public AccessDecision access(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        return access(snapshot, subject, TableFacts.of(snapshot, table));
    }

    private AccessDecision access(PolicySnapshot snapshot, Subject subject, TableFacts table) {
        AccessDecision own = accessEvaluator.decide(snapshot, subject, table);
        return subject.equalized().map(common -> Equalization.access(own, accessEvaluator.decide(snapshot, common, table))).orElse(own);
    }

    private List<FilterDecision> filters(PolicySnapshot snapshot, Subject subject, TableFacts table, List<Column> columns) {
        List<FilterDecision> own = rowEvaluator.decide(snapshot, subject, table, columns);
        return subject.equalized().map(common -> Equalization.filters(own, rowEvaluator.decide(snapshot, common, table, columns)))
                .orElse(own);
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
        return renamingEvaluator.escapes(snapshot, subject, table, renamed)
                || subject.equalized().filter(common -> renamingEvaluator.escapes(snapshot, common, table, renamed)).isPresent();
    }

    /// True where a mask that may hide something of a governed table from the user would not know it after some column has been altered. Says
    /// so too often rather than too seldom.
    public boolean escapesByAltering(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        return alteringEvaluator.escapes(snapshot, subject, table);
    }

    /// How a governed table looks to the user.
    ///
    /// @param columns the columns as the engine shows them for this query; other columns do not exist
    public TableDecision decide(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableFacts facts = TableFacts.of(snapshot, table);
        AccessDecision access = access(snapshot, subject, facts);
        TableRow row = TableRow.of(facts, columns);
        Optional<Subject> equalized = subject.equalized();
        ImmutableMap.Builder<String, ColumnDecision> decisions = ImmutableMap.builder();
        for (Column column : columns) {
            Sight own = new Sight(snapshot, subject, access.level(), row, column);
            decisions.put(column.name(), equalized.map(common -> columnEvaluator.decide(own, own.of(common)))
                    .orElseGet(() -> columnEvaluator.decide(own)));
        }
        return new TableDecision(access, filters(snapshot, subject, facts, columns), decisions.buildOrThrow());
    }

    /// The same with everything that was weighed.
    public TableExplanation explain(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableDecision decision = decide(snapshot, subject, table, columns);
        TableRow row = TableRow.of(TableFacts.of(snapshot, table), columns);
        return new TableExplanation(decision, columns.stream().collect(toImmutableMap(Column::name, column -> {
            Sight own = new Sight(snapshot, subject, decision.access().level(), row, column);
            List<MaskVerdict> verdicts = columnEvaluator.explain(own);
            return subject.equalized().map(common -> Equalization.verdicts(requireNonNull(decision.columns().get(column.name())), verdicts,
                    columnEvaluator.explain(own.of(common)))).orElse(verdicts);
        })));
    }

    /// The same in words to be compared. Of a table without access there are no filters and columns.
    public TableAppearance appearance(PolicySnapshot snapshot, Subject subject, ObjectName table, List<Column> columns) {
        TableFacts facts = TableFacts.of(snapshot, table);
        Optional<Level> level = access(snapshot, subject, facts).level();
        if (level.isEmpty()) {
            return new TableAppearance(level, ImmutableList.of(), ImmutableMap.of());
        }
        TableRow row = TableRow.of(facts, columns);
        List<String> filters = filters(snapshot, subject, facts, columns).stream()
                .flatMap(filter -> filter.words().or(filter::expression).stream()).distinct().sorted().collect(toImmutableList());
        return new TableAppearance(level, filters, columns.stream().collect(toImmutableMap(Column::name, column -> {
            Sight own = new Sight(snapshot, subject, level, row, column);
            String appearance = columnEvaluator.appearance(own);
            return subject.equalized().map(common -> Equalization.appearance(appearance, columnEvaluator.appearance(own.of(common))))
                    .orElse(appearance);
        })));
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

    /// What the owners of a project should know of the joins of its masked columns; the findings are about the project.
    ///
    /// @param columns the columns of a table
    public List<Finding> review(PolicySnapshot snapshot, Project project, Function<ObjectName, List<Column>> columns) {
        return joinReviewer.review(snapshot, project, columns);
    }

    /// True when some policy may let the user unmask something, whichever tables there are.
    public boolean mayUnmask(PolicySnapshot snapshot, Subject subject) {
        return unmaskEvaluator.mayHaveRights(snapshot, subject);
    }

    /// What a query may unmask. Looks at every known table that an unmask policy may select.
    ///
    /// @param snapshot decides what the user may
    /// @param subject the user by this snapshot
    /// @param queried the snapshot by which the query is masked
    /// @param asker the user by that one
    /// @param types what Trino's display name of a type stands for; empty where it is none that Trino knows
    public List<UnmaskRight> unmaskRights(PolicySnapshot snapshot, Subject subject, PolicySnapshot queried, Subject asker,
            Function<String, Optional<Type>> types) {
        View query = new View(queried, asker);
        List<UnmaskRight> own = unmaskEvaluator.rights(new View(snapshot, subject), query, types);
        Optional<Set<UnmaskRight>> common = subject.equalized()
                .map(all -> ImmutableSet.copyOf(unmaskEvaluator.rights(new View(snapshot, all), query, types)));
        return own.stream().filter(right -> common.filter(all -> !all.contains(right)).isEmpty()).collect(toImmutableList());
    }

    /// True where nobody sees the column of a governed table but those who own the table, since it is not approved.
    public boolean awaitsApproval(PolicySnapshot snapshot, ObjectName table, Column column) {
        TableFacts facts = TableFacts.of(snapshot, table);
        return facts.governed() && !ColumnEvaluator.isShown(facts, Optional.empty(), column);
    }
}
