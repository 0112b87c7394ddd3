-- Every change that may end or shrink a credential is told to all processes, which keep verified credentials in memory for a moment.
-- Triggers, so that no statement can forget it. The payload is the organization; the message arrives when the transaction commits.

CREATE FUNCTION tell_credential_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('credential_changes', OLD.organization_id::text);
  RETURN NULL;
END $$;

CREATE TRIGGER keys_changed AFTER UPDATE ON keys FOR EACH ROW
  WHEN ((OLD.enabled, OLD.expires_at, OLD.revoked_at, OLD.scopes) IS DISTINCT FROM (NEW.enabled, NEW.expires_at, NEW.revoked_at, NEW.scopes))
  EXECUTE FUNCTION tell_credential_change();
CREATE TRIGGER keys_deleted AFTER DELETE ON keys FOR EACH ROW EXECUTE FUNCTION tell_credential_change();

CREATE TRIGGER users_changed AFTER UPDATE ON users FOR EACH ROW
  WHEN ((OLD.role, OLD.removed_at) IS DISTINCT FROM (NEW.role, NEW.removed_at)) EXECUTE FUNCTION tell_credential_change();
CREATE TRIGGER users_deleted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell_credential_change();

CREATE TRIGGER sessions_ended AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at) EXECUTE FUNCTION tell_credential_change();
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION tell_credential_change();

CREATE TRIGGER apps_changed AFTER UPDATE ON apps FOR EACH ROW
  WHEN ((OLD.deleted_at, OLD.status) IS DISTINCT FROM (NEW.deleted_at, NEW.status)) EXECUTE FUNCTION tell_credential_change();
CREATE TRIGGER apps_deleted AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION tell_credential_change();
