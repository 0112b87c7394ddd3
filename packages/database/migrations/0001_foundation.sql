-- Organizations with their people, teams, projects, keys and apps; sessions; the audit trail; idempotency records.
-- Every tenant table begins its keys with organization_id and carries row-level security on app.organization_id, a setting that lives
-- for one transaction. The tables that are read before the tenant is known (users, keys, refresh tokens) add a policy for the one row whose
-- e-mail or hash the caller proved to know, through app.lookup.

CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.organization_id', true), '')::uuid $$;

CREATE FUNCTION current_lookup() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.lookup', true), '') $$;

CREATE TABLE organizations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organizations USING (id = current_organization());
-- For the jobs that visit every organization in turn.
CREATE POLICY directory ON organizations FOR SELECT USING (current_lookup() = 'every organization');

CREATE TABLE users (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'developer')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  removed_at timestamptz(3),
  PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE removed_at IS NULL;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON users USING (organization_id = current_organization());
CREATE POLICY lookup ON users FOR SELECT USING (lower(email) = current_lookup());

CREATE TABLE teams (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  name text NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  deleted_at timestamptz(3),
  PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX teams_default_key ON teams (organization_id) WHERE is_default;
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE teams FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON teams USING (organization_id = current_organization());

CREATE TABLE projects (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  team_id uuid NOT NULL,
  name text NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  deleted_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, team_id) REFERENCES teams (organization_id, id)
);
CREATE UNIQUE INDEX projects_default_key ON projects (organization_id) WHERE is_default;
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON projects USING (organization_id = current_organization());

CREATE TABLE apps (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  team_id uuid NOT NULL,
  project_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  platform text NOT NULL CHECK (platform IN ('apple', 'android', 'web', 'backend')),
  bundle_id text,
  bundle_id_normal text,
  environment text NOT NULL CHECK (environment IN ('production', 'staging', 'development')),
  app_store_url text,
  play_store_url text,
  website_url text,
  authorized_domains text[] NOT NULL,
  data_retention_days integer NOT NULL,
  timezone text NOT NULL,
  features jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'inactive')),
  engagement_platform text NOT NULL CHECK (engagement_platform IN ('none', 'wonderpush')),
  engagement_credentials text,
  email_platform text NOT NULL CHECK (email_platform IN ('none', 'brevo')),
  email_credentials text,
  webhook_enabled boolean NOT NULL,
  webhook_url text,
  webhook_use_query_params boolean NOT NULL,
  context_info text,
  url_context text,
  cached_user_count bigint NOT NULL DEFAULT 0,
  cached_event_count bigint NOT NULL DEFAULT 0,
  cached_last_event timestamptz(3),
  stats_last_updated timestamptz(3),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  deleted_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, team_id) REFERENCES teams (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id)
);
CREATE UNIQUE INDEX apps_bundle_id_key ON apps (organization_id, project_id, platform, bundle_id_normal) WHERE deleted_at IS NULL;
CREATE INDEX apps_newest ON apps (organization_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX apps_deleted ON apps (organization_id, deleted_at) WHERE deleted_at IS NOT NULL;
ALTER TABLE apps ENABLE ROW LEVEL SECURITY;
ALTER TABLE apps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON apps USING (organization_id = current_organization());

CREATE TABLE keys (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('organization_key', 'api_key', 'app_key', 'app_secret')),
  app_id uuid,
  name text,
  hash bytea NOT NULL,
  prefix text NOT NULL,
  last_four text NOT NULL,
  -- Only for app keys, which are publishable and may be read again. Every other key is stored as its hash alone.
  clear_text text CHECK (clear_text IS NULL OR kind = 'app_key'),
  scopes text[] NOT NULL DEFAULT '{}',
  created_by uuid,
  enabled boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, app_id) REFERENCES apps (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id),
  CHECK ((kind IN ('app_key', 'app_secret')) = (app_id IS NOT NULL))
);
CREATE UNIQUE INDEX keys_hash_key ON keys (hash);
CREATE UNIQUE INDEX keys_organization_key ON keys (organization_id) WHERE kind = 'organization_key' AND revoked_at IS NULL;
-- The current key of an app is the one without an end; rotation gives the one before it an end.
CREATE UNIQUE INDEX keys_current_of_app ON keys (organization_id, app_id, kind) WHERE app_id IS NOT NULL AND revoked_at IS NULL AND expires_at IS NULL;
CREATE INDEX keys_of_app ON keys (organization_id, app_id) WHERE app_id IS NOT NULL;
ALTER TABLE keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON keys USING (organization_id = current_organization());
CREATE POLICY lookup ON keys FOR SELECT USING (hash = decode(current_lookup(), 'hex'));

CREATE TABLE sessions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  ended_by text CHECK (ended_by IN ('sign_out', 'replay', 'password_change', 'removal')),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX sessions_of_user ON sessions (organization_id, user_id) WHERE ended_at IS NULL;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions USING (organization_id = current_organization());

CREATE TABLE refresh_tokens (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, session_id) REFERENCES sessions (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX refresh_tokens_hash_key ON refresh_tokens (hash);
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens USING (organization_id = current_organization());
CREATE POLICY lookup ON refresh_tokens FOR SELECT USING (hash = decode(current_lookup(), 'hex'));

-- The keys that sign access tokens, of the whole installation. The private part is encrypted with the key of the configuration.
CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  public_jwk jsonb NOT NULL,
  private_jwk text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  retired_at timestamptz(3)
);

CREATE TABLE idempotency_records (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  principal_id uuid NOT NULL,
  operation_id text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  -- Status, headers and body of the answer, encrypted, because the answer may hold a secret that is shown once.
  answer text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, principal_id, operation_id, key)
);
CREATE INDEX idempotency_records_age ON idempotency_records (organization_id, created_at);
ALTER TABLE idempotency_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_records FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_records USING (organization_id = current_organization());

CREATE TABLE audit_events (
  organization_id uuid NOT NULL REFERENCES organizations (id),
  id uuid NOT NULL,
  action text NOT NULL,
  actor_type text NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  resource_type text NOT NULL,
  resource_id uuid NOT NULL,
  changes jsonb NOT NULL,
  request_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_events_newest ON audit_events (organization_id, created_at DESC, id DESC);
CREATE INDEX audit_events_of_resource ON audit_events (organization_id, resource_id, created_at DESC);
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_events USING (organization_id = current_organization());

-- How often something was done in a window of time, by policy and caller. Not of a tenant: it also counts callers who are nobody yet.
CREATE TABLE rate_limits (
  bucket text NOT NULL,
  window_start timestamptz(3) NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (bucket, window_start)
);
