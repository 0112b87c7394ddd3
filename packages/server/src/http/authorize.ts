import { administersTeam, isRole, type Principal, reaches } from '../principal.ts';
import type { IndexedOperation } from './contract-index.ts';
import { httpProblems } from './http-problems.ts';
import type { Problem } from './problem.ts';

type Check = (principal: Principal, needs: string[], params: Record<string, string>) => boolean;

/** The role of who may manage the team in the path. Not a role of the organization: it depends on which team. */
const teamAdmin = 'team_admin';

/** What each security scheme of the contract asks of a principal; `needs` are the scopes or the least role listed at the operation. */
const schemes: Record<string, Check> = {
  organizationKey: (principal) => principal.kind === 'organization_key',
  apiKey: (principal, scopes) => principal.kind === 'api_key' && scopes.every((scope) => principal.scopes.has(scope)),
  appKey: (principal) => principal.kind === 'app_key' || principal.kind === 'app_secret',
  session: (principal, [least], { team_id: teamId }) => {
    if (principal.kind !== 'user') return false;
    if (least === teamAdmin) return teamId !== undefined && administersTeam(principal, teamId);
    return isRole(least) && reaches(principal.role, least);
  },
  metricsToken: (principal) => principal.kind === 'metrics_token',
};

/** Stops the start when the contract uses a scheme nothing here can check, or asks a session for a role that cannot be had there. */
export function checkSchemes(operations: IndexedOperation[]): void {
  for (const { id, path, security } of operations) {
    for (const [scheme, needs] of security.flatMap((alternative) => Object.entries(alternative))) {
      if (!Object.hasOwn(schemes, scheme)) throw new Error(`${id} asks for the security scheme ${scheme}, and nothing checks it`);
      const isKnown = isRole(needs[0]) || (needs[0] === teamAdmin && path.includes('{team_id}'));
      if (scheme === 'session' && (needs.length !== 1 || !isKnown))
        throw new Error(`${id} asks a session for ${needs.join(', ') || 'no role'}`);
    }
  }
}

/**
 * 403 unless one alternative of the operation's `security` holds. The contract decides; no handler repeats it. `params` are those of the path.
 */
export function authorize(operation: IndexedOperation, principal: Principal, params: Record<string, string>): void {
  if (operation.security.length === 0) return;
  const allowed = operation.security.some((alternative) =>
    Object.entries(alternative).every(([scheme, needs]) => schemes[scheme]?.(principal, needs, params)),
  );
  if (!allowed) throw refusal(operation, principal);
}

function refusal(operation: IndexedOperation, principal: Principal): Problem {
  const needsOf = (scheme: string) => operation.security.find((alternative) => scheme in alternative)?.[scheme];
  const scopes = principal.kind === 'api_key' ? needsOf('apiKey') : undefined;
  if (scopes) return httpProblems.insufficient_scope(`This needs an API key with ${scopes.join(', ')}`);
  const role = principal.kind === 'user' ? needsOf('session')?.[0] : undefined;
  if (role === teamAdmin) return httpProblems.insufficient_role('This needs an admin of the team or of the organization');
  if (role) return httpProblems.insufficient_role(`This needs the role ${role}`);
  return httpProblems.not_allowed('This credential may not do this');
}
