import { lookUp, type Queryable, tenantSelect } from '@appstead/database';
import type { Role, TeamRole } from '../../principal.ts';

export type RefreshTokenRow = {
  organization_id: string;
  id: string;
  session_id: string;
  expires_at: string;
  used_at: string | null;
  user_id: string;
  user_name: string;
};

export type LiveSession = { user_id: string; name: string; role: Role; team_roles: Record<string, TeamRole> };

/** The person of a session that still lives, with the roles they have now; those in teams by the id of the team. */
export async function findLive(db: Queryable, organizationId: string, sessionId: string): Promise<LiveSession | undefined> {
  const text = `SELECT users.id AS user_id, users.name, users.role,
      (SELECT coalesce(jsonb_object_agg(team_members.team_id, team_members.role), '{}') FROM team_members
        JOIN teams ON teams.organization_id = team_members.organization_id AND teams.id = team_members.team_id
        WHERE team_members.organization_id = tenant.id AND team_members.user_id = users.id AND teams.deleted_at IS NULL) AS team_roles
    FROM sessions
    JOIN users ON users.organization_id = sessions.organization_id AND users.id = sessions.user_id
    WHERE sessions.organization_id = tenant.id AND sessions.id = $2 AND sessions.ended_at IS NULL AND users.removed_at IS NULL`;
  const statement = tenantSelect(organizationId, { name: 'find_live_session', text, values: [sessionId], quick: true });
  return (await db.query<LiveSession>(statement)).rows[0];
}

export async function insertSession(
  tx: Queryable,
  organizationId: string,
  session: { id: string; userId: string; now: string },
): Promise<void> {
  await tx.query({
    text: 'INSERT INTO sessions (organization_id, id, user_id, created_at) VALUES ($1, $2, $3, $4)',
    values: [organizationId, session.id, session.userId, session.now],
  });
}

export async function insertRefreshToken(
  tx: Queryable,
  organizationId: string,
  token: { id: string; sessionId: string; hash: string; now: string; expiresAt: string },
): Promise<void> {
  await tx.query({
    text: `INSERT INTO refresh_tokens (organization_id, id, session_id, hash, created_at, expires_at) VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6)`,
    values: [organizationId, token.id, token.sessionId, token.hash, token.now, token.expiresAt],
  });
}

/** The refresh token with this SHA-256 (hex), of any organization. */
export async function findRefreshToken(db: Queryable, hash: string): Promise<RefreshTokenRow | undefined> {
  // Finding the token sets the tenant for the rest of the statement, so that the person of its session can be read too.
  const text = `SELECT tokens.organization_id, tokens.id, tokens.session_id, tokens.expires_at, tokens.used_at, people.user_id, people.user_name
    FROM refresh_tokens AS tokens
    CROSS JOIN LATERAL (SELECT set_config('app.organization_id', tokens.organization_id::text, true)::uuid AS id OFFSET 0) AS tenant
    CROSS JOIN LATERAL (SELECT users.id AS user_id, users.name AS user_name FROM sessions
      JOIN users ON users.organization_id = sessions.organization_id AND users.id = sessions.user_id
      WHERE sessions.organization_id = tenant.id AND sessions.id = tokens.session_id OFFSET 0) AS people
    WHERE tokens.hash = decode(lookup.secret, 'hex')`;
  return (await db.query<RefreshTokenRow>(lookUp(hash, { name: 'find_refresh_token', text }))).rows[0];
}

/** Marks a token as used; false when somebody was faster. */
export async function useRefreshToken(tx: Queryable, organizationId: string, tokenId: string, now: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: 'UPDATE refresh_tokens SET used_at = $3 WHERE organization_id = $1 AND id = $2 AND used_at IS NULL',
    values: [organizationId, tokenId, now],
  });
  return rowCount === 1;
}

/** Ends all sessions of a person, or all but one. */
export async function endSessionsOf(
  tx: Queryable,
  organizationId: string,
  userId: string,
  end: { by: 'password_change' | 'removal'; but?: string; now: string },
): Promise<void> {
  await tx.query({
    text: `UPDATE sessions SET ended_at = $3, ended_by = $4
      WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL AND ($5::uuid IS NULL OR id <> $5)`,
    values: [organizationId, userId, end.now, end.by, end.but ?? null],
  });
}

/** Ends a session; false when it was over already. */
export async function endSession(
  tx: Queryable,
  organizationId: string,
  sessionId: string,
  endedBy: 'sign_out' | 'replay' | 'password_change' | 'removal',
  now: string,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: 'UPDATE sessions SET ended_at = $3, ended_by = $4 WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL',
    values: [organizationId, sessionId, now, endedBy],
  });
  return rowCount === 1;
}
