/** Who sends a request, as the credential proves it. */
export type Principal =
  | { kind: 'anonymous' }
  | { kind: 'metrics_token' }
  | { kind: 'organization_key'; organizationId: string; id: string; name: string }
  | ApiKeyPrincipal
  | AppPrincipal
  | UserPrincipal;

export type ApiKeyPrincipal = {
  kind: 'api_key';
  organizationId: string;
  /** Of the API key, the same over its rotations. */
  id: string;
  /** Of the one secret that was sent. */
  secretId: string;
  name: string;
  /** What the present role of its creator leaves of its scopes. */
  scopes: ReadonlySet<string>;
};

/** An app that sends its own data in. Carries what ingestion has to know of it, so that no request reads it. */
export type AppPrincipal = {
  kind: 'app_key' | 'app_secret';
  organizationId: string;
  id: string;
  name: string;
  app: SendingApp;
};

export type SendingApp = {
  id: string;
  status: 'active' | 'inactive';
  platform: 'apple' | 'android' | 'web' | 'backend';
  bundleId: string | null;
  /** In lower case and punycode; empty when every page may send. */
  authorizedDomains: readonly string[];
  webhookEnabled: boolean;
};

export type UserPrincipal = {
  kind: 'user';
  organizationId: string;
  id: string;
  name: string;
  role: Role;
  /** By the id of the team; only teams the person belongs to and that are not deleted. */
  teamRoles: ReadonlyMap<string, TeamRole>;
  sessionId: string;
};

export type TenantPrincipal = Extract<Principal, { organizationId: string }>;

export type Role = 'owner' | 'admin' | 'member' | 'developer';
export type TeamRole = 'admin' | 'member';

const ranks: Record<Role, number> = { developer: 1, member: 2, admin: 3, owner: 4 };

/** Whether a role may do what the least role may. */
export function reaches(role: Role, least: Role): boolean {
  return ranks[role] >= ranks[least];
}

/** Whether a person may manage a team: admins of the organization every one, members those they are an admin of. */
export function administersTeam({ role, teamRoles }: UserPrincipal, teamId: string): boolean {
  return reaches(role, 'admin') || (reaches(role, 'member') && teamRoles.get(teamId.toLowerCase()) === 'admin');
}

export function isRole(text: string | undefined): text is Role {
  return text !== undefined && Object.hasOwn(ranks, text);
}
