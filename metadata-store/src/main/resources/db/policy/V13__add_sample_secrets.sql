CREATE TABLE sample_secret (
    user_name text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    secret_hash text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (user_name, object)
);
CREATE INDEX sample_secret_object ON sample_secret (object);
COMMENT ON TABLE sample_secret IS 'By what owners prove themselves who want to see raw rows; state, no policy';
COMMENT ON COLUMN sample_secret.user_name IS 'Name of the owner';
COMMENT ON COLUMN sample_secret.object IS 'The catalog, schema or table that he owned when he set it';
COMMENT ON COLUMN sample_secret.secret_hash IS 'Version and cost of the hash, salt and slow hash of the secret';
COMMENT ON COLUMN sample_secret.set_at IS 'When it was set';

COMMENT ON COLUMN audit_log.kind IS 'query, denial, unmask, sample, administration or loss';
COMMENT ON COLUMN audit_log_default.kind IS 'query, denial, unmask, sample, administration or loss';
COMMENT ON COLUMN audit_log.action IS 'What was refused, the function that unmasked or showed rows, or the act of administration';
COMMENT ON COLUMN audit_log_default.action IS 'What was refused, the function that unmasked or showed rows, or the act of administration';
COMMENT ON COLUMN audit_log.object IS 'On what: of a refusal, an unmasking, a sample or an act';
COMMENT ON COLUMN audit_log_default.object IS 'On what: of a refusal, an unmasking, a sample or an act';
