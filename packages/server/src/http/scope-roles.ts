import type { ApiKeyPreset, Scope } from '@appstead/contract';
import { type Document, readDocument } from '@appstead/contract/document';
import { isRole, type Role, reaches } from '../principal.ts';
import { indexContract } from './contract-index.ts';

/** What an API key was given: a preset, which follows the contract as it grows, or single scopes. */
export type Rights = { preset: ApiKeyPreset | null; scopes: readonly Scope[] };

const presets: Record<ApiKeyPreset, (scope: Scope) => boolean> = {
  full: () => true,
  read_only: (scope) => scope.endsWith(':read'),
  analytics: (scope) => scope === 'analytics:read',
};

/**
 * Which role a person needs to have what a scope allows, as the contract says it: the session's role at the operations that a key with the
 * scope may call, and of those the highest. So a key can be held below its creator without a second list of who may do what.
 */
export class ScopeRoles {
  readonly #leastRoles: () => ReadonlyMap<Scope, Role>;

  constructor(document?: Document) {
    // Of the contract itself they are found once, and only when the first API key asks.
    this.#leastRoles = document ? () => leastRoles(document) : leastRolesOfContract;
  }

  /** The scopes of a key before its creator's role is asked, in the order of the contract. */
  scopesOf({ preset, scopes }: Rights): Scope[] {
    return [...this.#leastRoles().keys()].filter((scope) => (preset === null ? scopes.includes(scope) : presets[preset](scope)));
  }

  /** Those of the scopes that a role may give; none when there is no role, because the person left. */
  within(scopes: readonly Scope[], role: Role | undefined): Scope[] {
    return scopes.filter((scope) => role !== undefined && reaches(role, this.#leastRoles().get(scope) ?? 'owner'));
  }
}

let ofContract: ReadonlyMap<Scope, Role> | undefined;

function leastRolesOfContract(): ReadonlyMap<Scope, Role> {
  ofContract ??= leastRoles(readDocument());
  return ofContract;
}

function leastRoles(document: Document): Map<Scope, Role> {
  const { enum: scopes } = document.components.schemas.Scope as { enum: Scope[] };
  // A scope that no operation uses yet is within everybody who may make keys.
  const roles = new Map(scopes.map((scope) => [scope, 'member' as Role]));
  for (const { security } of indexContract(document)) {
    const listed = security.find((alternative) => 'session' in alternative)?.session?.[0];
    // An admin of one team is not enough: a key reaches every team.
    const needed = listed === 'team_admin' ? 'admin' : listed;
    if (!isRole(needed)) continue;
    for (const scope of security.flatMap((alternative) => alternative.apiKey ?? []) as Scope[]) {
      if (!reaches(roles.get(scope) ?? 'member', needed)) roles.set(scope, needed);
    }
  }
  return roles;
}
