-- They run as the owner of the schema, so only the application may run them, and not every role of the server: what it may run is granted
-- with the rights to its tables.
REVOKE EXECUTE ON FUNCTION ensure_event_partition(timestamptz), drop_event_partitions(timestamptz), summarize_event_ids() FROM PUBLIC;

-- Whatever it is asked for, it drops nothing that an app may still keep: 30 days are the shortest retention there is. The clock is that of the
-- database, because that of the caller may be the reason for what was asked.
CREATE OR REPLACE FUNCTION drop_event_partitions(before timestamptz) RETURNS integer LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  latest text := 'events_' || to_char(date_trunc('month', least(before, now() - interval '30 days') AT TIME ZONE 'UTC') - interval '1 month', 'YYYY_MM');
  partition text;
  dropped integer := 0;
BEGIN
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.events'::regclass AND c.relname <= latest ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE public.%I', partition);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
