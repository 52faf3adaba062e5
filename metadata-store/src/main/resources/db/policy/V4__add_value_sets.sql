CREATE TABLE value_set (
    set_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    digest bytea NOT NULL UNIQUE,
    content bytea NOT NULL,
    used_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX value_set_used_at ON value_set (used_at);
COMMENT ON TABLE value_set IS 'Values that filters compare columns with where there are too many for literals; derived from entitlements, never changed';
COMMENT ON COLUMN value_set.set_id IS 'Never leaves this database';
COMMENT ON COLUMN value_set.digest IS 'SHA-256 of the content, so that equal sets are kept once; never leaves this database';
COMMENT ON COLUMN value_set.content IS 'The values in order, each in UTF-8 after its length in 4 bytes';
COMMENT ON COLUMN value_set.used_at IS 'When a reference to the set was last made, by the clock of the database';

CREATE TABLE value_set_reference (
    reference uuid PRIMARY KEY,
    set_id uuid NOT NULL REFERENCES value_set,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX value_set_reference_of_set ON value_set_reference (set_id);
CREATE INDEX value_set_reference_created_at ON value_set_reference (created_at);
COMMENT ON TABLE value_set_reference IS 'What expressions carry in place of a set: random, another one for each user';
COMMENT ON COLUMN value_set_reference.reference IS 'Random';
COMMENT ON COLUMN value_set_reference.set_id IS 'The set';
COMMENT ON COLUMN value_set_reference.created_at IS 'When the reference was made, by the clock of the database';
