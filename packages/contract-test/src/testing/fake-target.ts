import { randomUUID } from 'node:crypto';
import type { Credential, Target } from '../target.ts';
import type { FakeServer } from './fake-server.ts';
import { addOrganization, type Caller, checksum } from './fake-things.ts';

/** The fake server as the kit sees it. */
export function fakeTarget({ url, store, faults }: FakeServer): Target {
  const sent = (header: 'x-api-key' | 'authorization', caller: Caller): Credential => {
    const key = `key_${randomUUID()}`;
    store.callers.set(key, caller);
    return { headers: { [header]: header === 'authorization' ? `Bearer ${key}` : key } };
  };
  return {
    baseUrl: url,
    async newOrganization() {
      const { organization, key } = addOrganization(store);
      const session = `key_${randomUUID()}`;
      store.callers.set(session, { organization, kind: 'session', role: 'owner' });
      return { organizationKey: key, session };
    },
    async principals() {
      const { organization, key } = addOrganization(store);
      const apiKey = (state: Partial<Caller>) => sent('x-api-key', { organization, kind: 'apiKey', ...state });
      const session = (role: string) => sent('authorization', { organization, kind: 'session', role });
      const every = ['things:read', 'things:write'];
      return {
        unknown: { headers: { 'x-api-key': `key_${randomUUID()}` } },
        revoked: apiKey({ scopes: every, state: 'revoked' }),
        disabled: apiKey({ scopes: every, state: 'disabled' }),
        apiKeyTooFewScopes: { ...apiKey({ scopes: [] }), scopes: [] },
        apiKeyRightScopes: { ...apiKey({ scopes: every }), scopes: every },
        otherOrganizationKey: { headers: { 'x-api-key': addOrganization(store).key } },
        organizationKey: { headers: { 'x-api-key': key } },
        developerSession: session('developer'),
        memberSession: session('member'),
        adminSession: session('admin'),
        ownerSession: session('owner'),
      };
    },
    async inject(fault, operationId) {
      faults.set(operationId, fault);
      return async () => {
        faults.delete(operationId);
      };
    },
    auditEntries: async (requestId) => store.audit.filter((entry) => entry.requestId === requestId),
    stateChecksum: async () => checksum(store),
  };
}
