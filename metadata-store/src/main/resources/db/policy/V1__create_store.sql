-- Runs with the schema of the store as the only entry of the search path.
-- Keys compare by code point, so that neither order nor uniqueness depends on the server's locale.

CREATE TABLE store_info (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    store_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version >= 0),
    token uuid NOT NULL
);
COMMENT ON TABLE store_info IS 'The single row that every writer locks first; the version and token that readers compare';
COMMENT ON COLUMN store_info.only_row IS 'Keeps the table at one row';
COMMENT ON COLUMN store_info.store_id IS 'Drawn when the store was created; wrapped keys are bound to it';
COMMENT ON COLUMN store_info.version IS 'Number of committed changes';
COMMENT ON COLUMN store_info.token IS 'Random per version: tells histories apart that diverged after a restore';

CREATE TABLE revision (
    version bigint PRIMARY KEY CHECK (version >= 0),
    token uuid NOT NULL,
    author text NOT NULL,
    source text,
    reason text,
    action text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE revision IS 'The history of the store, one row per version, never changed afterwards';
COMMENT ON COLUMN revision.version IS 'The version that the change made';
COMMENT ON COLUMN revision.token IS 'The token of that version';
COMMENT ON COLUMN revision.author IS 'Who made the change';
COMMENT ON COLUMN revision.source IS 'Where the change came from, as the author named it';
COMMENT ON COLUMN revision.reason IS 'Why, in the words of the author';
COMMENT ON COLUMN revision.action IS 'The act, for example the procedure that was called';
COMMENT ON COLUMN revision.created_at IS 'When, by the clock of the database';

CREATE TABLE revision_change (
    version bigint NOT NULL REFERENCES revision,
    position integer NOT NULL CHECK (position >= 0),
    kind text NOT NULL,
    name text NOT NULL,
    origin text,
    before_source text,
    before_document text,
    after_document text,
    PRIMARY KEY (version, position)
);
COMMENT ON TABLE revision_change IS 'What a revision changed, one row per thing';
COMMENT ON COLUMN revision_change.version IS 'The revision';
COMMENT ON COLUMN revision_change.position IS 'Order of the changes within the revision, from 0';
COMMENT ON COLUMN revision_change.kind IS 'Kind of the object, or KnownTable, or DataKey';
COMMENT ON COLUMN revision_change.name IS 'Name of the object or table, identifier of the key';
COMMENT ON COLUMN revision_change.origin IS 'Layer of the object; null for tables and keys';
COMMENT ON COLUMN revision_change.before_source IS 'Bundle that owned the object before; null when none did';
COMMENT ON COLUMN revision_change.before_document IS 'How it was; null when it was not there';
COMMENT ON COLUMN revision_change.after_document IS 'How it became; null when it was removed';

CREATE TABLE object (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL CHECK (origin IN ('BUNDLE', 'CALL')),
    source text,
    document text,
    version bigint NOT NULL,
    PRIMARY KEY (kind, name, origin)
);
CREATE INDEX object_version ON object (version);
COMMENT ON TABLE object IS 'Policies, tags, users and the other declared objects; a removed one stays as a tombstone';
COMMENT ON COLUMN object.kind IS 'Kind as a bundle writes it';
COMMENT ON COLUMN object.name IS 'Name within the kind';
COMMENT ON COLUMN object.origin IS 'BUNDLE: applied from a bundle; CALL: added by a procedure, a layer of its own';
COMMENT ON COLUMN object.source IS 'The bundle that owns the object';
COMMENT ON COLUMN object.document IS 'The text of the object; null when it was removed';
COMMENT ON COLUMN object.version IS 'The store version that last wrote the row';

CREATE TABLE known_table (
    table_id uuid PRIMARY KEY,
    name text COLLATE "C" UNIQUE,
    version bigint NOT NULL
);
CREATE INDEX known_table_version ON known_table (version);
COMMENT ON TABLE known_table IS 'The identity of tables; it outlives renames';
COMMENT ON COLUMN known_table.table_id IS 'What keys are bound to';
COMMENT ON COLUMN known_table.name IS 'Present name, catalog.schema.table; null when the table was forgotten';
COMMENT ON COLUMN known_table.version IS 'The store version that last wrote the table or one of its columns';

CREATE TABLE known_column (
    table_id uuid NOT NULL REFERENCES known_table,
    name text COLLATE "C" NOT NULL,
    column_id uuid NOT NULL,
    type text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (table_id, name)
);
COMMENT ON TABLE known_column IS 'The approved columns of known tables, under every name they have had';
COMMENT ON COLUMN known_column.table_id IS 'The table';
COMMENT ON COLUMN known_column.name IS 'Name in lower case';
COMMENT ON COLUMN known_column.column_id IS 'The identity of the column; a former name keeps it';
COMMENT ON COLUMN known_column.type IS 'The Trino type for which the column was approved';
COMMENT ON COLUMN known_column.version IS 'The store version that last wrote the row';

CREATE TABLE data_key (
    key_id uuid PRIMARY KEY,
    scope_id uuid NOT NULL,
    family text COLLATE "C" NOT NULL CHECK (family IN
        ('HASH', 'REVERSIBLE', 'FORMAT_PRESERVING', 'RANDOMIZED_RESPONSE', 'MINIMIZE', 'FINGERPRINT')),
    key_version integer NOT NULL CHECK (key_version > 0),
    state text NOT NULL CHECK (state IN ('PRIMARY', 'RETIRED', 'DESTROYED')),
    provider text NOT NULL,
    wrapped bytea,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    version bigint NOT NULL,
    UNIQUE (scope_id, family, key_version),
    CHECK ((state = 'DESTROYED') = (wrapped IS NULL))
);
CREATE UNIQUE INDEX data_key_primary ON data_key (scope_id, family) WHERE state = 'PRIMARY';
CREATE INDEX data_key_version ON data_key (version);
COMMENT ON TABLE data_key IS 'The data keys, each wrapped under a key-encryption key that is not in this database';
COMMENT ON COLUMN data_key.key_id IS 'What expressions carry';
COMMENT ON COLUMN data_key.scope_id IS 'The table or project whose values the key masks';
COMMENT ON COLUMN data_key.family IS 'What the key is for; keys of different families are independent';
COMMENT ON COLUMN data_key.key_version IS 'Counts from 1 within scope and family';
COMMENT ON COLUMN data_key.state IS 'PRIMARY encrypts, RETIRED only decrypts, of a DESTROYED key the material is gone';
COMMENT ON COLUMN data_key.provider IS 'Which key-encryption key wrapped it';
COMMENT ON COLUMN data_key.wrapped IS 'The wrapped key; null when destroyed';
COMMENT ON COLUMN data_key.created_at IS 'When the key was made, by the clock of the database';
COMMENT ON COLUMN data_key.changed_at IS 'When its state or wrapping last changed';
COMMENT ON COLUMN data_key.version IS 'The store version that last wrote the row';

CREATE TABLE node (
    node_id text COLLATE "C" PRIMARY KEY,
    coordinator boolean NOT NULL,
    store_version bigint,
    token uuid,
    key_fingerprint text NOT NULL,
    enforcing boolean NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CHECK ((store_version IS NULL) = (token IS NULL))
);
COMMENT ON TABLE node IS 'What each Trino node last said of itself';
COMMENT ON COLUMN node.node_id IS 'Identifier of the Trino node';
COMMENT ON COLUMN node.coordinator IS 'Whether it is a coordinator';
COMMENT ON COLUMN node.store_version IS 'The store version it works with; null before the first load';
COMMENT ON COLUMN node.token IS 'The token of that version';
COMMENT ON COLUMN node.key_fingerprint IS 'Public identifier of its key-encryption key: nodes that differ cannot unwrap the same keys';
COMMENT ON COLUMN node.enforcing IS 'Whether the access control is active there';
COMMENT ON COLUMN node.started_at IS 'When the node started, by its own clock';
COMMENT ON COLUMN node.seen_at IS 'When it last reported, by the clock of the database';

WITH created AS (
    INSERT INTO store_info (store_id, version, token)
    VALUES (gen_random_uuid(), 0, gen_random_uuid())
    RETURNING version, token
)
INSERT INTO revision (version, token, author, action)
SELECT version, token, current_user, 'create store' FROM created;

CREATE TABLE staged_part (
    author text COLLATE "C" NOT NULL,
    bundle_id text COLLATE "C" NOT NULL,
    part integer NOT NULL CHECK (part > 0),
    content text NOT NULL,
    staged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (author, bundle_id, part)
);
COMMENT ON TABLE staged_part IS 'Parts of large bundles that wait to be applied as one';
COMMENT ON COLUMN staged_part.author IS 'Who staged the part and alone may apply it';
COMMENT ON COLUMN staged_part.bundle_id IS 'Name that the author gave to the bundle';
COMMENT ON COLUMN staged_part.part IS 'Place of the part in the bundle, from 1';
COMMENT ON COLUMN staged_part.content IS 'Text of the part';
COMMENT ON COLUMN staged_part.staged_at IS 'When the part was staged';
