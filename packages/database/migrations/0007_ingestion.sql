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

-- A UUIDv7 (RFC 9562 5.7) for rows whose number only the statement knows: the moment in milliseconds, then random bits.
CREATE FUNCTION uuid_v7(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(
    overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send((extract(epoch FROM moment) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1), 'hex')::uuid
$$;
