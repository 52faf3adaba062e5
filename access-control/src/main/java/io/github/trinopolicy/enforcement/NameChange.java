package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import java.util.Set;

/// A name of a governed object or column that comes to mean something else.
public sealed interface NameChange {
    /// The objects that cannot be told from others before what is known of them has followed.
    Set<ObjectName> objects();

    /// A schema, table or view gets another name.
    record Renamed(ObjectName object, ObjectName newName) implements NameChange {
        public Renamed {
            requireNonNull(object, "object is null");
            requireNonNull(newName, "newName is null");
        }

        @Override
        public Set<ObjectName> objects() {
            return ImmutableSet.of(object, newName);
        }
    }

    /// @param column in lower case
    /// @param newName in lower case
    record ColumnRenamed(ObjectName table, String column, String newName) implements NameChange {
        public ColumnRenamed {
            requireNonNull(table, "table is null");
            requireNonNull(column, "column is null");
            requireNonNull(newName, "newName is null");
        }

        @Override
        public Set<ObjectName> objects() {
            return ImmutableSet.of(table);
        }
    }

    /// A new column takes a name by which another column of the table was known before it was renamed.
    ///
    /// @param column in lower case
    record ColumnAdded(ObjectName table, String column) implements NameChange {
        public ColumnAdded {
            requireNonNull(table, "table is null");
            requireNonNull(column, "column is null");
        }

        @Override
        public Set<ObjectName> objects() {
            return ImmutableSet.of(table);
        }
    }
}
