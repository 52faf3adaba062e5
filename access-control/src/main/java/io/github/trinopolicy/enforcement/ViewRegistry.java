package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.ObjectName;
import java.util.List;

/// Learns which views Trino has made and dropped. Under a view the asker's own policies hold, so its columns need no approval; a table
/// of the same name would. Thread-safe; returns at once.
public interface ViewRegistry {
    /// @param user who made it
    void created(ObjectName view, List<ViewColumn> columns, String user);

    void dropped(ObjectName view, String user);

    void renamed(ObjectName view, ObjectName newName, String user);

    /// @param type as Trino writes it
    record ViewColumn(String name, String type) {}
}
