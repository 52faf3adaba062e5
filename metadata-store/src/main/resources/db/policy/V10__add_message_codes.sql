ALTER TABLE audit_log ADD COLUMN code text;
COMMENT ON COLUMN audit_log.code IS 'Code of a refusal, such as POLICY-201; docs/messages.md explains them';
COMMENT ON COLUMN audit_log_default.code IS 'Code of a refusal, such as POLICY-201; docs/messages.md explains them';
