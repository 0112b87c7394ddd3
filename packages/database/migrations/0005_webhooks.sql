-- Webhooks: the events of an app that are to be handed on, and what is known of who takes them.

-- Of an app with a webhook: the secrets its deliveries are signed with, how the receiver fares, and which process sends to it.
CREATE TABLE webhook_endpoints (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  -- Sealed.
  secret text NOT NULL,
  secret_created_at timestamptz(3) NOT NULL,
  previous_secret text,
  previous_secret_ends_at timestamptz(3),
  -- Attempts in a row that failed, and when the first of them was.
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  -- A receiver in trouble is left alone until then.
  paused_until timestamptz(3),
  -- One process at a time sends for an app. Its writes name the lease, so that one that was believed dead changes nothing.
  lease uuid,
  leased_until timestamptz(3),
  PRIMARY KEY (organization_id, app_id),
  FOREIGN KEY (organization_id, app_id) REFERENCES apps (organization_id, id) ON DELETE CASCADE,
  CHECK ((previous_secret IS NULL) = (previous_secret_ends_at IS NULL))
);
ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_endpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON webhook_endpoints USING (organization_id = current_organization());

-- One row per event and app. It refers to the event and holds nothing of it: the message is made when it is sent, so what was erased meanwhile
-- is not sent. No foreign keys, because it is written with every batch (0004).
CREATE TABLE webhook_deliveries (
  organization_id uuid NOT NULL,
  app_id uuid NOT NULL,
  id uuid NOT NULL,
  event_id uuid NOT NULL,
  event_occurred_at timestamptz(3) NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
  -- Attempts since it was queued, by which the next one is scheduled.
  tries smallint NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3),
  -- When it was made, or last replayed.
  queued_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  -- The last ones, each { at, status, failure, duration_ms }.
  attempts jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (organization_id, app_id, id),
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  CHECK ((status = 'pending') = (settled_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organization_id, app_id, next_attempt_at, id) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (organization_id, app_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (organization_id, app_id, event_id);
-- For those that waited too long.
CREATE INDEX webhook_deliveries_queued ON webhook_deliveries (organization_id, queued_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries (organization_id, settled_at) WHERE settled_at IS NOT NULL;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON webhook_deliveries USING (organization_id = current_organization());
-- Who sends looks for what is due before it knows whose it is.
CREATE POLICY due ON webhook_deliveries FOR SELECT USING (status = 'pending' AND current_lookup() = 'every due delivery');
