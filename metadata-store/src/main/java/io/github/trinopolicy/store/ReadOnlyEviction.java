package io.github.trinopolicy.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/// Ends a connection that cannot write any more. It stays so although the database has become writable again, or another server has taken
/// its place; a new connection finds what is there now.
final class ReadOnlyEviction implements SQLExceptionOverride {
    // a type of the interface hides the simple name
    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return "25006".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
