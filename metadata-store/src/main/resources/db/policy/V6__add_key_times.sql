ALTER TABLE data_key ADD COLUMN retired_at timestamp with time zone;
ALTER TABLE data_key ADD COLUMN destroyed_at timestamp with time zone;
-- until now the last change of a key that is in use no more was the end of its use
UPDATE data_key SET retired_at = changed_at WHERE state <> 'PRIMARY';
UPDATE data_key SET destroyed_at = changed_at WHERE state = 'DESTROYED';
COMMENT ON COLUMN data_key.retired_at IS 'When another key took its place, by the clock of the database; null while it is primary';
COMMENT ON COLUMN data_key.destroyed_at IS 'When its material was erased, by the clock of the database; null while it is there';
