/** Who sends a request, as the credential proves it. */
export type Principal =
  | { kind: 'anonymous' }
  | { kind: 'metrics_token' }
  | { kind: 'organization_key'; organizationId: string; id: string; name: string }
  | { kind: 'api_key'; organizationId: string; id: string; name: string; scopes: ReadonlySet<string> }
  | { kind: 'app_key' | 'app_secret'; organizationId: string; id: string; name: string; appId: string }
  | { kind: 'user'; organizationId: string; id: string; name: string; role: Role; sessionId: string };

export type TenantPrincipal = Extract<Principal, { organizationId: string }>;

export type Role = 'owner' | 'admin' | 'member' | 'developer';

const ranks: Record<Role, number> = { developer: 1, member: 2, admin: 3, owner: 4 };

/** Whether a role may do what the least role may. */
export function reaches(role: Role, least: Role): boolean {
  return ranks[role] >= ranks[least];
}

export function isRole(text: string | undefined): text is Role {
  return text !== undefined && Object.hasOwn(ranks, text);
}
