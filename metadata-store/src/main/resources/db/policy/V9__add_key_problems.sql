ALTER TABLE node ADD COLUMN key_problem text;
COMMENT ON COLUMN node.key_problem IS 'Why the node cannot unwrap keys of the store; null when it can, as far as it has tried';
-- the newest key under each key-encryption key, which each node tries again and again
CREATE INDEX data_key_provider ON data_key (provider, version DESC, key_id) WHERE wrapped IS NOT NULL;
