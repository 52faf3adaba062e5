ALTER TABLE known_column ADD COLUMN bucket text COLLATE "C";
ALTER TABLE known_column ADD COLUMN unit text COLLATE "C";
ALTER TABLE known_column ADD CONSTRAINT known_column_granularity CHECK (bucket IS NULL OR unit IS NULL);
COMMENT ON COLUMN known_column.bucket IS 'Size of the buckets of a rounding from the fingerprint, chosen by the first one; null where there is none';
COMMENT ON COLUMN known_column.unit IS 'The same of dates and times, as a unit';
