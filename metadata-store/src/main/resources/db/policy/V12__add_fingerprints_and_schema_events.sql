CREATE TABLE fingerprint (
    fingerprint_id uuid PRIMARY KEY,
    table_id uuid NOT NULL REFERENCES known_table,
    taken_at timestamptz NOT NULL,
    pin text,
    row_count bigint NOT NULL CHECK (row_count >= 0),
    document text NOT NULL,
    job_id bigint,
    is_baseline boolean NOT NULL
);
CREATE INDEX fingerprint_of_table ON fingerprint (table_id, taken_at);
CREATE UNIQUE INDEX fingerprint_baseline ON fingerprint (table_id) WHERE is_baseline;
COMMENT ON TABLE fingerprint IS 'Statistics of tables; no value of data is in them';
COMMENT ON COLUMN fingerprint.fingerprint_id IS 'Random';
COMMENT ON COLUMN fingerprint.table_id IS 'The identity of the table';
COMMENT ON COLUMN fingerprint.taken_at IS 'When, by the clock of the coordinator';
COMMENT ON COLUMN fingerprint.pin IS 'Identifies what the table held then, for example its snapshot; null where that is not known';
COMMENT ON COLUMN fingerprint.row_count IS 'How many rows the table had';
COMMENT ON COLUMN fingerprint.document IS 'The statistics of the columns, in a format that names its version';
COMMENT ON COLUMN fingerprint.job_id IS 'The run that took it; the job itself may be forgotten';
COMMENT ON COLUMN fingerprint.is_baseline IS 'Whether later fingerprints of the table are compared with it';

CREATE TABLE fingerprint_drift (
    fingerprint_id uuid NOT NULL REFERENCES fingerprint ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    column_name text,
    metric text NOT NULL,
    value double precision NOT NULL,
    threshold double precision NOT NULL,
    level text NOT NULL CHECK (level IN ('WARNING', 'DRIFT')),
    found_at timestamptz NOT NULL,
    PRIMARY KEY (fingerprint_id, position)
);
COMMENT ON TABLE fingerprint_drift IS 'In what a fingerprint differs from the baseline of its table';
COMMENT ON COLUMN fingerprint_drift.fingerprint_id IS 'The later one of the two';
COMMENT ON COLUMN fingerprint_drift.position IS 'Counts the differences of a fingerprint, from 0';
COMMENT ON COLUMN fingerprint_drift.column_name IS 'Name in lower case; null for the table as a whole';
COMMENT ON COLUMN fingerprint_drift.metric IS 'What was measured';
COMMENT ON COLUMN fingerprint_drift.value IS 'How much it differs';
COMMENT ON COLUMN fingerprint_drift.threshold IS 'From where on it counts';
COMMENT ON COLUMN fingerprint_drift.level IS 'WARNING or DRIFT';
COMMENT ON COLUMN fingerprint_drift.found_at IS 'When, by the clock of the coordinator';

CREATE TABLE observed_data_source (
    name text COLLATE "C" PRIMARY KEY,
    observed_at timestamptz NOT NULL
);
COMMENT ON TABLE observed_data_source IS 'Data sources of which schema monitoring has seen all tables';
COMMENT ON COLUMN observed_data_source.name IS 'Name of the data source';
COMMENT ON COLUMN observed_data_source.observed_at IS 'When the last look began, by the clock of the database';

CREATE TABLE observed_table (
    catalog_name text COLLATE "C" NOT NULL,
    schema_name text COLLATE "C" NOT NULL,
    table_name text COLLATE "C" NOT NULL,
    is_view boolean NOT NULL,
    is_readable boolean NOT NULL,
    column_names text[] NOT NULL,
    column_types text[] NOT NULL,
    PRIMARY KEY (catalog_name, schema_name, table_name),
    CHECK (cardinality(column_names) = cardinality(column_types))
);
COMMENT ON TABLE observed_table IS 'How schema monitoring saw governed tables last; nothing is approved by that';
COMMENT ON COLUMN observed_table.catalog_name IS 'The catalog';
COMMENT ON COLUMN observed_table.schema_name IS 'The schema';
COMMENT ON COLUMN observed_table.table_name IS 'The table or view';
COMMENT ON COLUMN observed_table.is_view IS 'Whether it is a view';
COMMENT ON COLUMN observed_table.is_readable IS 'False when Trino lists it but cannot say its columns; the columns are those of before then';
COMMENT ON COLUMN observed_table.column_names IS 'Its columns, in their order';
COMMENT ON COLUMN observed_table.column_types IS 'The type of each, as Trino writes it';

CREATE TABLE schema_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    column_name text,
    before text,
    after text,
    user_name text,
    query_id text,
    job_id bigint
);
CREATE INDEX schema_event_happened_at ON schema_event (happened_at);
COMMENT ON TABLE schema_event IS 'What became of governed tables; kept as long as the audit log';
COMMENT ON COLUMN schema_event.event_id IS 'Counts up';
COMMENT ON COLUMN schema_event.happened_at IS 'When it was noticed, by the clock of the database';
COMMENT ON COLUMN schema_event.kind IS 'What happened';
COMMENT ON COLUMN schema_event.object IS 'The table or view, by its name before; of a renamed schema its name';
COMMENT ON COLUMN schema_event.column_name IS 'The column, by its name before; null where it is about the whole';
COMMENT ON COLUMN schema_event.before IS 'Name or type before; never a value';
COMMENT ON COLUMN schema_event.after IS 'Name or type since; never a value';
COMMENT ON COLUMN schema_event.user_name IS 'Who did it; null where schema monitoring or a fingerprint found it';
COMMENT ON COLUMN schema_event.query_id IS 'Trino''s identifier of the query that did it';
COMMENT ON COLUMN schema_event.job_id IS 'The run that found it; the job itself may be forgotten';

CREATE TABLE job_request (
    kind text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, object)
);
COMMENT ON TABLE job_request IS 'Work that somebody wants done before it is due';
COMMENT ON COLUMN job_request.kind IS 'What sort of work';
COMMENT ON COLUMN job_request.object IS 'What is to be worked on';
COMMENT ON COLUMN job_request.requested_at IS 'When it was asked for, by the clock of the database';
