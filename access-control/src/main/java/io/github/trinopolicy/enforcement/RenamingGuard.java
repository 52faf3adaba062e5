package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.NameChange.ColumnAdded;
import io.github.trinopolicy.enforcement.NameChange.ColumnRenamed;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.ColumnStatement;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.security.SystemSecurityContext;
import java.util.Optional;
import java.util.stream.Stream;

/// Answers what may get another name. An answer is empty when the renaming is allowed, else the reason why not, in the user's words.
/// Thread-safe.
final class RenamingGuard {
    private static final Optional<String> ALLOWED = Optional.empty();

    private final QueryRegistry queries;
    private final TableGuard tables;
    private final PolicyEvaluator evaluator;

    RenamingGuard(QueryRegistry queries, TableGuard tables, PolicyEvaluator evaluator) {
        this.queries = requireNonNull(queries, "queries is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
    }

    /// Why a governed object may not be renamed out of the reach of its policies. Exemption does not matter here.
    Optional<String> deniesRenaming(SystemSecurityContext context, ObjectName object, ObjectName renamed) {
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        boolean governed = tables.concernsGoverned(context, object);
        if (governed && !snapshot.isGoverned(renamed)) {
            return Optional.of(MessageCode.RENAMING
                    .on("%s is governed and %s would not be; register its schema first".formatted(object, renamed)));
        }
        return tables.deniesChangingWhole(context, object).or(() -> tables.denies(context, renamed, Level.OWN))
                .or(() -> deniesEscaping(context, object, renamed))
                .or(() -> governed ? deniesLosing(context, object, renamed) : ALLOWED);
    }

    /// Why somebody may not rename a column of the table. Trino tells which column only by the statement.
    ///
    /// @param rename empty where the statement is not known
    Optional<String> deniesRenamingColumn(SystemSecurityContext context, ObjectName table, Optional<ColumnRenamed> rename) {
        return tables.denies(context, table, Level.OWN).or(() -> escapesBy(context, table, Optional.empty()))
                .or(() -> tables.isGoverned(context, table) ? deniesLosing(context, table, rename) : ALLOWED);
    }

    private Optional<String> deniesLosing(SystemSecurityContext context, ObjectName table, Optional<ColumnRenamed> rename) {
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        if (rename.isEmpty()) {
            return Optional.of(MessageCode.RENAMING
                    .on("Trino has not told the statement, so it is not known which column of %s is renamed".formatted(table)));
        }
        String column = rename.get().column();
        String newName = rename.get().newName();
        if (evaluator.isAnotherColumn(snapshot, table, column, newName)) {
            return Optional.of(MessageCode.RENAMING
                    .on(("%s had another column '%s', and time travel brings it back: what is known of the one would count for the other; "
                            + "choose another name").formatted(table, newName)));
        }
        return evaluator.losesPolicies(snapshot, table, column, newName)
                ? Optional.of(MessageCode.RENAMING.on(
                        ("policies know column '%s' of %s by its name and would not hold, or others would come before them, under the other; "
                                + "ask an administrator to name both first").formatted(column, table)))
                : ALLOWED;
    }

    /// Policies that know a table by its name, or by what holds it, stay with the name. Nobody leaves them behind, since others would see
    /// more.
    private Optional<String> deniesLosing(SystemSecurityContext context, ObjectName object, ObjectName renamed) {
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        Stream<ObjectName> within = object.isTable()
                ? Stream.empty()
                : Stream.concat(snapshot.knownTables().stream().map(KnownTable::name), tables.registeredWithin(context, object))
                        .filter(table -> table.isTable() && object.contains(table));
        return Stream.concat(Stream.of(object), within)
                .filter(table -> evaluator.losesPolicies(snapshot, table, table.isTable() && !object.isTable()
                        ? new ObjectName(renamed.catalog(), renamed.schema(), table.table())
                        : renamed))
                .findFirst()
                .map(table -> MessageCode.RENAMING.on(
                        ("policies know %s by its name, or by what holds it, and would not hold, or others would come before them, "
                                + "under the other; ask an administrator to name both first").formatted(table)));
    }

    /// The column that the statement renames, where it says so.
    Optional<ColumnRenamed> columnRenamedBy(SystemSecurityContext context, ObjectName table) {
        return queries.require(context.getQueryId()).statement().flatMap(ColumnStatement::renamed)
                .map(names -> new ColumnRenamed(table, names.getFirst(), names.getLast()));
    }

    /// The column that the statement adds, where its name was that of another one. A statement that is not known may add any.
    Optional<ColumnAdded> columnAddedBy(SystemSecurityContext context, ObjectName table) {
        QueryContext query = queries.require(context.getQueryId());
        return query.statement().flatMap(ColumnStatement::added).map(column -> new ColumnAdded(table, column))
                .filter(added -> query.snapshot().knownTable(table).filter(known -> known.isSharedName(added.column())).isPresent());
    }

    private Optional<String> deniesEscaping(SystemSecurityContext context, ObjectName object, ObjectName renamed) {
        if (object.isTable()) {
            return escapesBy(context, object, Optional.of(renamed));
        }
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        return Stream.concat(snapshot.knownTables().stream().map(KnownTable::name), tables.registeredWithin(context, object))
                .filter(table -> table.isTable() && object.contains(table))
                .flatMap(table -> escapesBy(context, table, Optional.of(new ObjectName(renamed.catalog(), renamed.schema(), table.table())))
                        .stream())
                .findFirst();
    }

    private Optional<String> escapesBy(SystemSecurityContext context, ObjectName table, Optional<ObjectName> renamed) {
        PolicySnapshot snapshot = queries.require(context.getQueryId()).snapshot();
        Subject subject = tables.deciding(context);
        boolean escapes = !tables.isExempt(context) && snapshot.isGoverned(table) && evaluator.escapesBy(snapshot, subject, table, renamed);
        return escapes
                ? Optional.of(MessageCode.RENAMING
                        .on(("policies that hide rows or columns of %s from %s would not know them by another name; ask somebody from whom "
                                + "they hide nothing").formatted(table, subject.user())))
                : ALLOWED;
    }
}
