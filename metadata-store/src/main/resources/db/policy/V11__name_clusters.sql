ALTER TABLE node ADD COLUMN cluster text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN node.cluster IS 'Which of the clusters that share the store, as its configuration names it; empty where it names none';
-- nodes of different clusters may have the same identifier
ALTER TABLE node DROP CONSTRAINT node_pkey;
ALTER TABLE node ADD PRIMARY KEY (cluster, node_id);
