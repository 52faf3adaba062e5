CREATE TABLE audit_log (
    event_id uuid NOT NULL,
    happened_at timestamptz NOT NULL,
    kind text COLLATE "C" NOT NULL,
    node_id text,
    query_id text,
    user_name text,
    original_user text,
    principal text,
    user_groups text[],
    project text,
    purposes text[],
    exempt boolean,
    client_source text,
    client_info text,
    client_address text,
    state text,
    error_code text,
    statement text,
    query_text text,
    query_hash text,
    policy_version bigint,
    tables jsonb,
    output_table text,
    action text,
    object text,
    column_id text,
    reason text,
    unmasked bigint,
    refused bigint,
    lost bigint,
    began_at timestamptz,
    queued_millis bigint,
    elapsed_millis bigint,
    cpu_millis bigint,
    input_rows bigint,
    output_rows bigint,
    written_rows bigint,
    PRIMARY KEY (happened_at, event_id)
) PARTITION BY RANGE (happened_at);
CREATE INDEX audit_log_user ON audit_log (user_name, happened_at);
COMMENT ON TABLE audit_log IS 'What users did and what was refused to them; one partition for each day, which is dropped when it is old';
COMMENT ON COLUMN audit_log.event_id IS 'Tells events apart; one that is written twice is kept once';
COMMENT ON COLUMN audit_log.happened_at IS 'When, by the clock of the node';
COMMENT ON COLUMN audit_log.kind IS 'query, denial, unmask, administration or loss';
COMMENT ON COLUMN audit_log.node_id IS 'Trino node that saw it; null for acts of administration';
COMMENT ON COLUMN audit_log.query_id IS 'Trino''s identifier of the query';
COMMENT ON COLUMN audit_log.user_name IS 'Who asked';
COMMENT ON COLUMN audit_log.original_user IS 'Who logged in, where he acts as somebody else';
COMMENT ON COLUMN audit_log.principal IS 'The login as the authenticator names it';
COMMENT ON COLUMN audit_log.user_groups IS 'Groups of the user when the query began, of the store and of Trino';
COMMENT ON COLUMN audit_log.project IS 'The project that he worked in';
COMMENT ON COLUMN audit_log.purposes IS 'Purposes in use through the project';
COMMENT ON COLUMN audit_log.exempt IS 'Whether the user is exempt from all policies by configuration';
COMMENT ON COLUMN audit_log.client_source IS 'Name that the client gives to itself';
COMMENT ON COLUMN audit_log.client_info IS 'What else the client says of itself';
COMMENT ON COLUMN audit_log.client_address IS 'Where the client is';
COMMENT ON COLUMN audit_log.state IS 'FINISHED or FAILED';
COMMENT ON COLUMN audit_log.error_code IS 'Name of the error, never its message, which may quote a value';
COMMENT ON COLUMN audit_log.statement IS 'Kind of statement';
COMMENT ON COLUMN audit_log.query_text IS 'The statement, as policy.audit.query-text says';
COMMENT ON COLUMN audit_log.query_hash IS 'SHA-256 of a statement of which the text cannot be redacted safely';
COMMENT ON COLUMN audit_log.policy_version IS 'Version of the store by which all of the query was decided, or which the act made';
COMMENT ON COLUMN audit_log.tables IS 'Tables that were read, each with its columns, the masks and filters that applied, and exceptions';
COMMENT ON COLUMN audit_log.output_table IS 'Table that was written';
COMMENT ON COLUMN audit_log.action IS 'What was refused, the unmasking function, or the act of administration';
COMMENT ON COLUMN audit_log.object IS 'On what: of a refusal, an unmasking or an act';
COMMENT ON COLUMN audit_log.column_id IS 'Identity of the unmasked column, which outlives its name';
COMMENT ON COLUMN audit_log.reason IS 'Why it was refused, as the user was told; reason of the author of an act';
COMMENT ON COLUMN audit_log.unmasked IS 'How many values were unmasked';
COMMENT ON COLUMN audit_log.refused IS 'How many values were not unmasked';
COMMENT ON COLUMN audit_log.lost IS 'How many events were dropped before this one';
COMMENT ON COLUMN audit_log.began_at IS 'When the query was submitted';
COMMENT ON COLUMN audit_log.queued_millis IS 'How long it waited';
COMMENT ON COLUMN audit_log.elapsed_millis IS 'How long it took, waiting included';
COMMENT ON COLUMN audit_log.cpu_millis IS 'Processor time that it took';
COMMENT ON COLUMN audit_log.input_rows IS 'Rows read, hidden ones included';
COMMENT ON COLUMN audit_log.output_rows IS 'Rows given to the client';
COMMENT ON COLUMN audit_log.written_rows IS 'Rows written';

-- what a node with a wrong clock writes must have a place too
CREATE TABLE audit_log_default (LIKE audit_log INCLUDING COMMENTS);
COMMENT ON TABLE audit_log_default IS 'Events of days for which there is no partition yet; they move when it is made';
ALTER TABLE audit_log ATTACH PARTITION audit_log_default DEFAULT;
