package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.Type;
import org.jspecify.annotations.Nullable;

/// The column that one call site names. After [#ROWS] rows, or when another column is named, the [UnmaskAuthority] is asked again. An instance
/// belongs to one thread.
final class PermittedColumn {
    static final int ROWS = 256;

    private final UnmaskAuthority authority;
    private final String function;

    private @Nullable Slice nameText;
    private @Nullable UnmaskableColumn column;
    private int rowsLeft;

    /// @param function as users know it
    PermittedColumn(UnmaskAuthority authority, String function) {
        this.authority = requireNonNull(authority, "authority is null");
        this.function = requireNonNull(function, "function is null");
    }

    /// Counts one row.
    UnmaskableColumn get(ConnectorSession session, Slice name) {
        UnmaskableColumn current = column;
        if (current != null && rowsLeft > 0 && name.equals(nameText)) {
            rowsLeft--;
            return current;
        }
        return ask(session, name);
    }

    private UnmaskableColumn ask(ConnectorSession session, Slice name) {
        column = null;
        nameText = name;
        UnmaskableColumn answer = authority.column(session.getQueryId(), session.getUser(), name.toStringUtf8(), function);
        column = answer;
        rowsLeft = ROWS - 1;
        return answer;
    }

    /// @param found what the value has for a type
    TrinoException wrongType(UnmaskableColumn asked, Type found) {
        return new TrinoException(INVALID_FUNCTION_ARGUMENT, "%s: column %s has type %s; CAST the value, which has type %s, to it"
                .formatted(function, asked.name(), asked.type().getDisplayName(), found.getDisplayName()));
    }
}
