CREATE TABLE current_project (
    user_name text COLLATE "C" PRIMARY KEY,
    project text,
    version bigint NOT NULL
);
CREATE INDEX current_project_version ON current_project (version);
COMMENT ON TABLE current_project IS 'The project that each user works in; state of the users themselves, no part of policies';
COMMENT ON COLUMN current_project.user_name IS 'Name of the user';
COMMENT ON COLUMN current_project.project IS 'Name of the project, which need not exist any more; null when the user left it';
COMMENT ON COLUMN current_project.version IS 'The store version that last wrote the row';

-- users choose projects far more often than anybody changes policies: neither history is searched through the other
CREATE INDEX revision_change_of_policies ON revision_change (version) WHERE kind <> 'CurrentProject';
CREATE INDEX revision_change_of_projects ON revision_change (version) WHERE kind = 'CurrentProject';
COMMENT ON COLUMN revision_change.kind IS 'Kind of the object, or KnownTable, DataKey, CurrentProject';
COMMENT ON COLUMN revision_change.name IS 'Name of the object or table, identifier of the key, user whose current project it is';
COMMENT ON COLUMN revision_change.origin IS 'Layer of the object; null for what is no object';
