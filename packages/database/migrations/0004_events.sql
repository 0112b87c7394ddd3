-- What apps send: events, the people they are about, and what is counted of them. Tables that are written for every batch have no foreign
-- key to apps, because its check would lock the row of the app for each of them; a purge removes their rows before it removes the app.

CREATE TABLE app_users (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id text NOT NULL,
  is_anonymous boolean NOT NULL,
  first_seen_at timestamptz(3) NOT NULL,
  last_seen_at timestamptz(3) NOT NULL,
  properties jsonb NOT NULL DEFAULT '{}',
  -- Of an anonymous id that was claimed: whose it is. The row stays, hidden, so that events that come late find their way.
  claimed_by uuid,
  PRIMARY KEY (organization_id, app_id, id),
  FOREIGN KEY (organization_id, app_id, claimed_by) REFERENCES app_users (organization_id, app_id, id) ON DELETE CASCADE,
  CHECK (claimed_by IS NULL OR is_anonymous)
);
CREATE UNIQUE INDEX app_users_user_id_key ON app_users (organization_id, app_id, is_anonymous, user_id);
CREATE INDEX app_users_last_seen ON app_users (organization_id, app_id, last_seen_at DESC, id DESC) WHERE claimed_by IS NULL;
CREATE INDEX app_users_claimed ON app_users (organization_id, app_id, claimed_by) WHERE claimed_by IS NOT NULL;
ALTER TABLE app_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON app_users USING (organization_id = current_organization());

-- By the month in which an event happened, in UTC, so that what is past every retention goes with its partition.
CREATE TABLE events (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  -- Whom it is about, once anonymous ids are followed to who claimed them. The ids beside it are those that were sent.
  app_user_id uuid,
  user_id text,
  anonymous_id text,
  session_id text,
  platform text NOT NULL,
  country text,
  revenue_amount bigint,
  revenue_currency text,
  properties jsonb,
  PRIMARY KEY (organization_id, app_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX events_received ON events (organization_id, app_id, received_at);
CREATE INDEX events_of_app_user ON events (organization_id, app_id, app_user_id, occurred_at) WHERE app_user_id IS NOT NULL;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON events USING (organization_id = current_organization());

-- Every id that was taken in, for as long as the same event may still be sent again. Apart from events, because a unique key of a partitioned
-- table has to hold the time, and an event sent again without one gets another.
CREATE TABLE event_ids (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  id uuid NOT NULL,
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, app_id, id)
);
CREATE INDEX event_ids_age ON event_ids USING brin (received_at);
ALTER TABLE event_ids ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_ids FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_ids USING (organization_id = current_organization());

-- How many events there were of a kind. Per quarter of an hour, because some time zones begin their hours and days at one; of any coarser
-- grain their days could not be made. A kind has several rows, of which a writer takes one, so that writers do not wait for each other.
CREATE TABLE event_counts (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  quarter timestamptz(3) NOT NULL,
  name text NOT NULL,
  platform text NOT NULL,
  -- Empty when it was not given.
  country text NOT NULL,
  shard smallint NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (organization_id, app_id, quarter, name, platform, country, shard)
);
ALTER TABLE event_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_counts USING (organization_id = current_organization());

-- The totals of an app, in several rows for the same reason. `cached_*` of apps follows them.
CREATE TABLE app_counters (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  shard smallint NOT NULL,
  events bigint NOT NULL,
  users bigint NOT NULL,
  last_event_at timestamptz(3),
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, app_id, shard)
);
CREATE INDEX app_counters_updated ON app_counters (organization_id, updated_at);
ALTER TABLE app_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON app_counters USING (organization_id = current_organization());

-- The application may not define tables, so these run as the owner of the schema. Reached through the table only: row-level security without
-- a policy lets nobody read a partition by itself.
CREATE FUNCTION ensure_event_partition(moment timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month_start timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  partition text := 'events_' || to_char(month_start, 'YYYY_MM');
BEGIN
  IF to_regclass('public.' || partition) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('event partitions', 0));
  IF to_regclass('public.' || partition) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE public.%I PARTITION OF public.events FOR VALUES FROM (%L) TO (%L)', partition,
    to_char(month_start, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(month_start + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition);
END $$;

-- Drops the partitions whose events all happened before a moment; how many.
CREATE FUNCTION drop_event_partitions(before timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  latest text := 'events_' || to_char(date_trunc('month', before AT TIME ZONE 'UTC') - interval '1 month', 'YYYY_MM');
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

-- An index over blocks knows new ones only once it was told; without an autovacuum, as on the embedded database, nobody tells it.
CREATE FUNCTION summarize_event_ids() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM brin_summarize_new_values('public.event_ids_age'::regclass);
END $$;
