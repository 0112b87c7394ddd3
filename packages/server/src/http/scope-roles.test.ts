import type { Scope } from '@appstead/contract';
import { type Document, readDocument } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import { ScopeRoles } from './scope-roles.ts';

const everyScope = readDocument().components.schemas.Scope?.enum as Scope[];

/** The contract with one more scope and the operations that ask for it. */
function contractWith(scope: string, operations: Record<string, string[]>[][]): Document {
  const document = readDocument();
  (document.components.schemas.Scope as { enum: string[] }).enum.push(scope);
  operations.forEach((security, index) => {
    document.paths[`/v1/more-${index}`] = { get: { operationId: `listMore${index}`, tags: [], summary: '', security, responses: {} } };
  });
  return document;
}

describe('the role a scope needs', () => {
  const roles = new ScopeRoles();

  it('is that of the session at the operations with the scope, the highest of several', () => {
    expect(roles.within(everyScope, 'member')).toEqual(everyScope.filter((scope) => scope.endsWith(':read') && scope !== 'audit:read'));
    expect(roles.within(everyScope, 'admin')).toEqual(everyScope);
    expect(roles.within(everyScope, 'owner')).toEqual(everyScope);
    const mixed = contractWith('more:read', [
      [{ apiKey: ['more:read'] }, { session: ['developer'] }],
      [{ apiKey: ['more:read'] }, { session: ['owner'] }],
      [{ apiKey: ['more:read'] }, { session: ['admin'] }],
    ]);
    expect(new ScopeRoles(mixed).within(['more:read' as Scope], 'admin')).toEqual([]);
    expect(new ScopeRoles(mixed).within(['more:read' as Scope], 'owner')).toEqual(['more:read']);
  });

  it('is admin where an admin of one team is enough, because a key reaches every team', () => {
    const document = contractWith('more:write', [[{ apiKey: ['more:write'] }, { session: ['team_admin'] }]]);
    expect(new ScopeRoles(document).within(['more:write' as Scope], 'member')).toEqual([]);
    expect(new ScopeRoles(document).within(['more:write' as Scope], 'admin')).toEqual(['more:write']);
  });

  it('is member as long as no operation asks for the scope, and never developer', () => {
    const roles = new ScopeRoles(contractWith('more:read', []));
    expect(roles.within(['more:read' as Scope], 'member')).toEqual(['more:read']);
    expect(roles.within(['more:read' as Scope], 'developer')).toEqual([]);
  });

  it('is out of reach for who left, and for a scope the contract does not know', () => {
    expect(roles.within(everyScope, undefined)).toEqual([]);
    expect(roles.within(['nothing:read' as Scope], 'admin')).toEqual([]);
  });
});

describe('the scopes of a key', () => {
  it('follow a preset as the contract grows', () => {
    const grown = new ScopeRoles(contractWith('more:read', []));
    expect(grown.scopesOf({ preset: 'full', scopes: [] })).toEqual([...everyScope, 'more:read']);
    expect(grown.scopesOf({ preset: 'read_only', scopes: [] })).toContain('more:read');
    expect(grown.scopesOf({ preset: 'read_only', scopes: [] }).every((scope) => scope.endsWith(':read'))).toBe(true);
    expect(grown.scopesOf({ preset: 'analytics', scopes: [] })).toEqual(['analytics:read']);
  });

  it('are the single ones in the order of the contract, without those it no longer has', () => {
    const scopes = ['apps:write', 'gone:read', 'apps:read'] as Scope[];
    expect(new ScopeRoles().scopesOf({ preset: null, scopes })).toEqual(['apps:read', 'apps:write']);
  });
});
