-- What ingestion needs beside its tables.

-- Ingestion decides by what the principal of an app key carries, so every process has to hear of a change of any of it. Platform and bundle id
-- never change.
DROP TRIGGER apps_changed ON apps;
CREATE TRIGGER apps_changed AFTER UPDATE ON apps FOR EACH ROW
  WHEN ((OLD.deleted_at, OLD.status, OLD.authorized_domains, OLD.webhook_enabled)
    IS DISTINCT FROM (NEW.deleted_at, NEW.status, NEW.authorized_domains, NEW.webhook_enabled))
  EXECUTE FUNCTION tell_credential_change();

-- A counter changes with every batch. An index over what changes would get an entry each time; who looks for counters that were not followed
-- compares their sums instead, 16 rows of an app at most.
DROP INDEX app_counters_updated;
ALTER TABLE app_counters SET (fillfactor = 50);
ALTER TABLE event_counts SET (fillfactor = 80);
