import type { Operation } from './contract.ts';
import type { Credential, PrincipalClass, Principals } from './target.ts';

/** What a caller must get, computed from the `security` of the operation alone. */
export type Expectation =
  /** Let through. */
  | { kind: 'accepted' }
  /** Let through, but what belongs to another organization does not exist for it. */
  | { kind: 'hidden' }
  | { kind: 'refused'; status: 401 | 403 };

/** What an operation may ask of a session, least first. No class of caller is admin of a team; admins of the organization are of every one. */
const roles = ['developer', 'member', 'team_admin', 'admin', 'owner'];

type Identity =
  /** No one: 401 where a credential is needed. */
  | { kind: 'stranger' }
  /** Known, and refused everywhere. */
  | { kind: 'disabled' }
  | { kind: 'known'; scheme: string; role?: string; elsewhere?: true };

const identities: Record<PrincipalClass, Identity> = {
  none: { kind: 'stranger' },
  malformed: { kind: 'stranger' },
  unknown: { kind: 'stranger' },
  expired: { kind: 'stranger' },
  revoked: { kind: 'stranger' },
  removedMemberSession: { kind: 'stranger' },
  disabled: { kind: 'disabled' },
  appKey: { kind: 'known', scheme: 'appKey' },
  appSecret: { kind: 'known', scheme: 'appKey' },
  apiKeyTooFewScopes: { kind: 'known', scheme: 'apiKey' },
  apiKeyRightScopes: { kind: 'known', scheme: 'apiKey' },
  otherOrganizationKey: { kind: 'known', scheme: 'organizationKey', elsewhere: true },
  organizationKey: { kind: 'known', scheme: 'organizationKey' },
  developerSession: { kind: 'known', scheme: 'session', role: 'developer' },
  memberSession: { kind: 'known', scheme: 'session', role: 'member' },
  adminSession: { kind: 'known', scheme: 'session', role: 'admin' },
  ownerSession: { kind: 'known', scheme: 'session', role: 'owner' },
  metricsToken: { kind: 'known', scheme: 'metricsToken' },
};

/** Who sends the requests that should succeed, the likeliest first. */
const workers: PrincipalClass[] = [
  'organizationKey',
  'ownerSession',
  'adminSession',
  'apiKeyRightScopes',
  'appSecret',
  'appKey',
  'metricsToken',
  'memberSession',
  'developerSession',
];

export function isPublic({ security }: Operation): boolean {
  return security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
}

export function expectationFor(operation: Operation, principal: PrincipalClass, credential: Credential): Expectation {
  if (isPublic(operation)) return { kind: 'accepted' };
  const identity = identities[principal];
  if (identity.kind === 'stranger') return { kind: 'refused', status: 401 };
  if (identity.kind === 'disabled' || !allows(operation, principal, identity, credential)) {
    return { kind: 'refused', status: operation.responses.has(403) ? 403 : 401 };
  }
  return identity.elsewhere && operation.path.includes('{') ? { kind: 'hidden' } : { kind: 'accepted' };
}

function allows(operation: Operation, principal: PrincipalClass, identity: Identity & { kind: 'known' }, credential: Credential): boolean {
  const needed = operation.security
    .filter((requirement) => Object.keys(requirement).length === 1)
    .map((requirement) => requirement[identity.scheme]);
  return needed.some((needs) => {
    if (!needs) return false;
    if (identity.role) return needs.length === 0 || needs.some((role) => roles.indexOf(role) <= roles.indexOf(identity.role ?? ''));
    if (identity.scheme !== 'apiKey') return true;
    const scopes = credential.scopes ?? (principal === 'apiKeyRightScopes' ? needs : []);
    return needs.every((scope) => scopes.includes(scope));
  });
}

/** Who of those given may call the operation; `none` for a public one, `undefined` when nobody may. */
export function workerFor(operation: Operation, principals: Principals): PrincipalClass | undefined {
  if (isPublic(operation)) return 'none';
  return workers.find((principal) => {
    const credential = principals[principal];
    return credential && expectationFor(operation, principal, credential).kind === 'accepted';
  });
}
