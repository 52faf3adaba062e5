package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.trino.spi.QueryId;
import java.util.List;
import java.util.function.LongConsumer;

/// Learns which views Trino has made and dropped, and which names mean something else now. Under a view the asker's own policies hold, so
/// its columns need no approval; a table of the same name would. Thread-safe; returns at once.
public interface ObjectRegistry {
    /// @param user who made it
    void created(ObjectName view, List<ViewColumn> columns, String user);

    void dropped(ObjectName view, String user);

    /// @param query by which
    /// @param settled gets the version of the store in which what is known of the object has followed; never runs where that fails
    void changed(QueryId query, NameChange change, String user, LongConsumer settled);

    /// What a query has done to a table or view, beside names that changed: for the history alone, nothing follows from it.
    void altered(SchemaEvent event);

    /// @param type as Trino writes it
    record ViewColumn(String name, String type) {}
}
