-- Invitations, team members, API keys with several secrets, notifications and outgoing mail.

CREATE TABLE invitations (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  email text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'developer')),
  hash bytea NOT NULL,
  invited_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3),
  replaced_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, invited_by) REFERENCES users (organization_id, id)
);
CREATE UNIQUE INDEX invitations_hash_key ON invitations (hash);
CREATE INDEX invitations_newest ON invitations (organization_id, created_at DESC, id DESC);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitations USING (organization_id = current_organization());
-- Compared as text: in a transaction that looked up an e-mail address before, the look-up is no hexadecimal number.
CREATE POLICY lookup ON invitations FOR SELECT USING (encode(hash, 'hex') = current_lookup());

CREATE TABLE team_members (
  organization_id uuid NOT NULL,
  team_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'member')),
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, team_id, user_id),
  FOREIGN KEY (organization_id, team_id) REFERENCES teams (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX team_members_of_user ON team_members (organization_id, user_id);
ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON team_members USING (organization_id = current_organization());

-- What an API key may do and who made it; its secrets are rows of `keys`, two of them during a rotation.
CREATE TABLE api_keys (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  name text NOT NULL,
  preset text CHECK (preset IN ('full', 'read_only', 'analytics')),
  scopes text[] NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_by uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id)
);
CREATE INDEX api_keys_newest ON api_keys (organization_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_of_user ON api_keys (organization_id, created_by);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_keys USING (organization_id = current_organization());

ALTER TABLE keys ADD COLUMN api_key_id uuid;
ALTER TABLE keys ADD FOREIGN KEY (organization_id, api_key_id) REFERENCES api_keys (organization_id, id) ON DELETE CASCADE;
ALTER TABLE keys ADD CHECK ((kind = 'api_key') = (api_key_id IS NOT NULL));
CREATE INDEX keys_of_api_key ON keys (organization_id, api_key_id) WHERE api_key_id IS NOT NULL;
-- The current secret of an API key is the one without an end of its own; rotation gives the one before it an end.
CREATE UNIQUE INDEX keys_current_of_api_key ON keys (organization_id, api_key_id) WHERE api_key_id IS NOT NULL AND expires_at IS NULL;

-- The trigger of 0002 compares the columns that go.
DROP TRIGGER keys_changed ON keys;
ALTER TABLE keys DROP COLUMN scopes, DROP COLUMN name;
CREATE TRIGGER keys_changed AFTER UPDATE ON keys FOR EACH ROW
  WHEN ((OLD.enabled, OLD.expires_at, OLD.revoked_at) IS DISTINCT FROM (NEW.enabled, NEW.expires_at, NEW.revoked_at))
  EXECUTE FUNCTION tell_credential_change();
CREATE TRIGGER api_keys_changed AFTER UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION tell_credential_change();

-- A new place in a team gives rights too, and an INSERT has no OLD row.
CREATE FUNCTION tell_new_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('credential_changes', NEW.organization_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER team_members_added AFTER INSERT ON team_members FOR EACH ROW EXECUTE FUNCTION tell_new_right();
CREATE TRIGGER team_members_changed AFTER UPDATE OR DELETE ON team_members FOR EACH ROW EXECUTE FUNCTION tell_credential_change();

CREATE TABLE notifications (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  -- With the kind and the resource, what makes the same notice come only once.
  marker text NOT NULL,
  text text NOT NULL,
  resource_type text NOT NULL,
  resource_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  read_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, user_id, kind, resource_id, marker),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX notifications_newest ON notifications (organization_id, user_id, created_at DESC, id DESC);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notifications USING (organization_id = current_organization());

CREATE TABLE messages (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  -- Encrypted, because an invitation has its token in it.
  body text NOT NULL,
  -- Who may read it: with the token of an owner's invitation an admin could become an owner.
  least_role text NOT NULL CHECK (least_role IN ('owner', 'admin')),
  status text NOT NULL CHECK (status IN ('kept', 'queued', 'sent', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX messages_newest ON messages (organization_id, created_at DESC, id DESC);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'queued';
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON messages USING (organization_id = current_organization());
-- For the sender, which looks for work in all organizations at once and does it in one after the other.
CREATE POLICY due ON messages FOR SELECT USING (status = 'queued' AND current_lookup() = 'every due message');

-- A new signing key is published before it signs, so that whoever caches the published keys knows it in time.
ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz(3);
UPDATE signing_keys SET signs_from = created_at;
ALTER TABLE signing_keys ALTER COLUMN signs_from SET NOT NULL;
-- The latest key is the one that no other has retired. That there is one only is what makes two processes, which make the next at the same
-- moment, make one. Two first processes of an installation could each have made one before.
UPDATE signing_keys SET retired_at = now()
  WHERE retired_at IS NULL AND kid <> (SELECT kid FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, kid DESC LIMIT 1);
CREATE UNIQUE INDEX signing_keys_latest ON signing_keys ((retired_at IS NULL)) WHERE retired_at IS NULL;
