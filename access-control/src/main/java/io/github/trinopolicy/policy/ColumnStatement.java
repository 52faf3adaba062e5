package io.github.trinopolicy.policy;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.AddColumn;
import io.trino.sql.tree.CreateTable;
import io.trino.sql.tree.CreateTableAsSelect;
import io.trino.sql.tree.DropColumn;
import io.trino.sql.tree.ExecuteImmediate;
import io.trino.sql.tree.RenameColumn;
import io.trino.sql.tree.SetColumnType;
import io.trino.sql.tree.Statement;
import java.util.List;
import java.util.Optional;

/// What a statement changes of a table: Trino asks about the table alone.
public final class ColumnStatement {
    private final String sql;

    /// @param sql the statement itself, also of a prepared one
    public ColumnStatement(String sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    /// The column, and its new name, in lower case; empty where the statement renames no column.
    public Optional<List<String>> renamed() {
        return parsed(RenameColumn.class).filter(rename -> rename.getSource().getParts().size() == 1)
                .map(rename -> ImmutableList.of(lower(rename.getSource().getParts().getFirst()), lower(rename.getTarget().getValue())));
    }

    /// The new column in lower case; empty where the statement adds none, or adds a part of one.
    public Optional<String> added() {
        return parsed(AddColumn.class).map(add -> add.getColumn().getName().getParts()).filter(parts -> parts.size() == 1)
                .map(parts -> lower(parts.getFirst()));
    }

    /// The new column in lower case; empty also where the statement adds it only if it is not there yet.
    public Optional<String> addedForCertain() {
        return parsed(AddColumn.class).filter(add -> !add.isColumnNotExists()).flatMap(_ -> added());
    }

    /// The column in lower case; empty where the statement drops none, a part of one, or one only if it is there.
    public Optional<String> droppedForCertain() {
        return parsed(DropColumn.class).filter(drop -> !drop.isColumnExists()).map(drop -> drop.getField().getParts())
                .filter(parts -> parts.size() == 1).map(parts -> lower(parts.getFirst()));
    }

    /// The column in lower case; empty where the statement changes the type of none, or of a part of one.
    public Optional<String> retyped() {
        return parsed(SetColumnType.class).map(change -> change.getColumnName().getParts()).filter(parts -> parts.size() == 1)
                .map(parts -> lower(parts.getFirst()));
    }

    /// False for one that only explains how it would.
    public boolean createsTable() {
        return parsed(CreateTable.class).isPresent() || parsed(CreateTableAsSelect.class).isPresent();
    }

    private <T> Optional<T> parsed(Class<T> type) {
        try {
            SqlParser parser = new SqlParser();
            Statement statement = parser.createStatement(sql);
            // which Trino does not unpack as it does with a statement that was prepared before
            return Optional.of(statement instanceof ExecuteImmediate immediate
                    ? parser.createStatement(immediate.getStatement().getValue())
                    : statement).filter(type::isInstance).map(type::cast);
        }
        catch (ParsingException e) {
            // as a statement that is not known: the change is refused
            return Optional.empty();
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(ENGLISH);
    }
}
