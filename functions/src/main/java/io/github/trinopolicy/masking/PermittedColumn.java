package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import io.airlift.slice.Slice;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.Type;
import org.jspecify.annotations.Nullable;

/// The column that one call site names. After [#INTERVAL_NANOS], or when another column is named, the [UnmaskAuthority] is asked again: rows may
/// stop for hours in the middle of a page, and rights end. An instance belongs to one thread.
final class PermittedColumn {
    static final long INTERVAL_NANOS = 100_000_000;

    private final UnmaskAuthority authority;
    private final String function;
    private final Ticker ticker;

    private @Nullable Slice nameText;
    private @Nullable UnmaskableColumn column;
    private long asked;

    /// @param function as users know it
    PermittedColumn(UnmaskAuthority authority, String function) {
        this(authority, function, Ticker.systemTicker());
    }

    PermittedColumn(UnmaskAuthority authority, String function, Ticker ticker) {
        this.authority = requireNonNull(authority, "authority is null");
        this.function = requireNonNull(function, "function is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
    }

    UnmaskableColumn get(ConnectorSession session, Slice name) {
        UnmaskableColumn current = column;
        if (current != null && name.equals(nameText) && ticker.read() - asked < INTERVAL_NANOS) {
            return current;
        }
        return ask(session, name);
    }

    private UnmaskableColumn ask(ConnectorSession session, Slice name) {
        column = null;
        nameText = name;
        long now = ticker.read();
        UnmaskableColumn answer = authority.column(session.getQueryId(), session.getUser(), name.toStringUtf8(), function);
        column = answer;
        asked = now;
        return answer;
    }

    /// @param found what the value has for a type
    TrinoException wrongType(UnmaskableColumn asked, Type found) {
        return new TrinoException(INVALID_FUNCTION_ARGUMENT, "%s: column %s has type %s; CAST the value, which has type %s, to it"
                .formatted(function, asked.name(), asked.type().getDisplayName(), found.getDisplayName()));
    }
}
