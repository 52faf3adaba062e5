CREATE TABLE attribute_reading (
    source text COLLATE "C" PRIMARY KEY,
    pin text,
    valid_until timestamptz,
    version bigint NOT NULL,
    CHECK ((pin IS NULL) = (valid_until IS NULL))
);
CREATE INDEX attribute_reading_version ON attribute_reading (version);
COMMENT ON TABLE attribute_reading IS 'Until when the values read from each attribute source count';
COMMENT ON COLUMN attribute_reading.source IS 'Name of the attribute source';
COMMENT ON COLUMN attribute_reading.pin IS 'Identifies the query and attribute that were read; null when the values were removed';
COMMENT ON COLUMN attribute_reading.valid_until IS 'From when on the values do not count unless they are read again';
COMMENT ON COLUMN attribute_reading.version IS 'The store version that last wrote the row';

CREATE TABLE read_attribute (
    source text COLLATE "C" NOT NULL REFERENCES attribute_reading,
    user_name text COLLATE "C" NOT NULL,
    attribute_values text[],
    version bigint NOT NULL,
    PRIMARY KEY (source, user_name)
);
CREATE INDEX read_attribute_version ON read_attribute (version);
COMMENT ON TABLE read_attribute IS 'The values that attribute sources gave to users, a layer of their own';
COMMENT ON COLUMN read_attribute.source IS 'Name of the attribute source';
COMMENT ON COLUMN read_attribute.user_name IS 'Name of the user';
COMMENT ON COLUMN read_attribute.attribute_values IS 'The values, sorted; null when the source names the user no more';
COMMENT ON COLUMN read_attribute.version IS 'The store version that last wrote the row';

CREATE TABLE job (
    job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    pin text NOT NULL,
    node_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'LOST')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    row_count bigint,
    message text,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_run_at timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    CHECK ((state = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX job_object ON job (kind, object, job_id);
COMMENT ON TABLE job IS 'What the scheduler ran; state, no policy';
COMMENT ON COLUMN job.job_id IS 'Counts up';
COMMENT ON COLUMN job.kind IS 'What sort of work';
COMMENT ON COLUMN job.object IS 'What was worked on, for example the name of an attribute source';
COMMENT ON COLUMN job.pin IS 'Identifies what the object said then; when it says something else, it is due at once';
COMMENT ON COLUMN job.node_id IS 'The coordinator that ran it';
COMMENT ON COLUMN job.state IS 'RUNNING, or how it ended; LOST when its coordinator is gone';
COMMENT ON COLUMN job.started_at IS 'When it began, by the clock of the coordinator';
COMMENT ON COLUMN job.ended_at IS 'When it ended, by the clock of the coordinator';
COMMENT ON COLUMN job.row_count IS 'How many rows it read';
COMMENT ON COLUMN job.message IS 'What came of it, in words without values of data';
COMMENT ON COLUMN job.failures IS 'How many runs have failed in a row, this one included';
COMMENT ON COLUMN job.next_run_at IS 'When the object is due again';
COMMENT ON COLUMN job.cancel_requested IS 'Whether somebody has asked to cancel it';

-- sources are read far more often than anybody changes policies
DROP INDEX revision_change_of_policies;
CREATE INDEX revision_change_of_policies ON revision_change (version) WHERE kind <> 'CurrentProject' AND kind <> 'AttributeReading';
COMMENT ON COLUMN revision_change.kind IS 'Kind of the object, or KnownTable, DataKey, CurrentProject, AttributeReading';
