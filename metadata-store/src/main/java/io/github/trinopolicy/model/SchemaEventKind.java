package io.github.trinopolicy.model;

/// What became of a governed table.
public enum SchemaEventKind {
    CREATED_TABLE,
    DROPPED_TABLE,
    /// also of a schema
    RENAMED_TABLE,
    CREATED_VIEW,
    DROPPED_VIEW,
    ADDED_COLUMN,
    DROPPED_COLUMN,
    RETYPED_COLUMN,
    RENAMED_COLUMN,
    /// the data are other ones than before
    DRIFT,
    /// sensitive data were found
    DISCOVERY,
}
