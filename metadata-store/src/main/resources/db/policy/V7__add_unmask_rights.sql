CREATE TABLE unmask_right_set (
    set_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    digest bytea NOT NULL UNIQUE,
    used_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX unmask_right_set_used_at ON unmask_right_set (used_at);
COMMENT ON TABLE unmask_right_set IS 'Sets of columns that somebody may unmask; derived from policies and entitlements, never changed';
COMMENT ON COLUMN unmask_right_set.set_id IS 'Random';
COMMENT ON COLUMN unmask_right_set.digest IS 'SHA-256 of the rights, so that equal sets are kept once';
COMMENT ON COLUMN unmask_right_set.used_at IS 'When a query was last given the set, by the clock of the database';

CREATE TABLE unmask_right (
    set_id uuid NOT NULL REFERENCES unmask_right_set ON DELETE CASCADE,
    column_name text NOT NULL,
    table_id uuid NOT NULL,
    column_id uuid NOT NULL,
    column_type text NOT NULL,
    format_key uuid,
    alphabet text,
    literal_function text,
    literal_key uuid,
    literal_alphabet text,
    PRIMARY KEY (set_id, column_name)
);
COMMENT ON TABLE unmask_right IS 'A column that may be unmasked, with what a node needs for it; no key and no value';
COMMENT ON COLUMN unmask_right.set_id IS 'The set that it belongs to';
COMMENT ON COLUMN unmask_right.column_name IS 'catalog.schema.table.column, quoted where needed';
COMMENT ON COLUMN unmask_right.table_id IS 'The identity of the table, to which its keys are bound';
COMMENT ON COLUMN unmask_right.column_id IS 'The identity of the column';
COMMENT ON COLUMN unmask_right.column_type IS 'The approved type of the column';
COMMENT ON COLUMN unmask_right.format_key IS 'Identifier of the key of format-preserving values, when the query began';
COMMENT ON COLUMN unmask_right.alphabet IS 'Alphabet of format-preserving text; null where no mask encrypts the text so';
COMMENT ON COLUMN unmask_right.literal_function IS 'Masking function that makes the masked form of one value; null where that depends on the row';
COMMENT ON COLUMN unmask_right.literal_key IS 'Identifier of the data key under which it does';
COMMENT ON COLUMN unmask_right.literal_alphabet IS 'Alphabet with which it does';

CREATE TABLE unmask_query (
    query_id text PRIMARY KEY,
    user_name text NOT NULL,
    set_id uuid NOT NULL REFERENCES unmask_right_set,
    checked_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX unmask_query_of_set ON unmask_query (set_id);
CREATE INDEX unmask_query_checked_at ON unmask_query (checked_at);
COMMENT ON TABLE unmask_query IS 'What a running query may unmask, written by its coordinator, read by the nodes that run it';
COMMENT ON COLUMN unmask_query.query_id IS 'Trino''s identifier of the query';
COMMENT ON COLUMN unmask_query.user_name IS 'Who asks';
COMMENT ON COLUMN unmask_query.set_id IS 'The rights, by the newest version of the policies';
COMMENT ON COLUMN unmask_query.checked_at IS 'When the coordinator last found the rights to hold, by the clock of the database';
