import { readDocument } from '@appstead/contract/document';
import type { Credential, Principals, Provocation, Target } from '@appstead/contract-test';
import { tableChecksums } from '@appstead/database/testing';
import { v7 as uuidv7 } from 'uuid';
import * as notifications from '../features/notifications/notification-store.ts';
import { createKey } from '../keys/key-format.ts';
import { call } from './call.ts';
import { provokeClaimed } from './provoke-claimed.ts';
import { provokeDefaultKept } from './provoke-default-kept.ts';
import { provokeLastOwner } from './provoke-last-owner.ts';
import { type Harness, metricsToken } from './server-harness.ts';

/** What the example of markNotificationsRead marks. */
const exampleNotification = '01939f5c-8e11-7f1e-9d3a-3b1f0a6f2c15';
const everyScope = readDocument().components.schemas.Scope?.enum as string[];

/** Our server as the contract tests see it: organizations at will, every class of principal, faults on request. */
export function contractTarget(server: Harness): Target {
  let present = '';
  // So many wrong passwords are sent by one person that the limit of the contract would hide whether they leave anything behind.
  server.state.limits.set('password', 300);
  return {
    baseUrl: server.url,

    async newOrganization() {
      const { organizationKey, session } = await server.newOrganization();
      return { organizationKey, session };
    },

    async principals(): Promise<Principals> {
      const organization = await server.newOrganization();
      present = organization.id;
      // With another owner beside them, the owner can leave and can be demoted.
      await server.newUser(organization.id, 'owner');
      for (const id of [exampleNotification, uuidv7(), uuidv7(), uuidv7()]) await tell(server, organization, id);
      const key = (state: Parameters<Harness['newApiKey']>[1]) => server.newApiKey(organization.id, { scopes: everyScope, ...state });
      const created = await call(server.url, '/v1/apps', { key: organization.organizationKey, body: { name: 'The app of the keys' } });
      const removed = await server.newUser(organization.id, 'admin');
      await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [removed.id] });
      return {
        none: { headers: {} },
        malformed: byKey(`${createKey('apps').slice(0, -1)}!`),
        unknown: byKey(createKey('apps')),
        expired: byKey(await key({ expiresAt: new Date(Date.now() - 60_000).toISOString() })),
        disabled: byKey(await key({ disabled: true })),
        revoked: byKey(await key({ revoked: true })),
        appKey: byKey(created.body.app.api_key),
        appSecret: byKey(created.body.app.api_secret),
        apiKeyTooFewScopes: { ...byKey(await key({ scopes: [] })), scopes: [] },
        apiKeyRightScopes: { ...byKey(await key({})), scopes: everyScope },
        otherOrganizationKey: byKey((await server.newOrganization()).organizationKey),
        organizationKey: byKey(organization.organizationKey),
        developerSession: bySession((await server.newUser(organization.id, 'developer')).session),
        memberSession: bySession((await server.newUser(organization.id, 'member')).session),
        adminSession: bySession((await server.newUser(organization.id, 'admin')).session),
        ownerSession: bySession(organization.session),
        removedMemberSession: bySession(removed.session),
        metricsToken: bySession(metricsToken),
      };
    },

    async inject(fault, operationId) {
      if (fault === 'database-away') server.state.away = true;
      else {
        server.state.before.set(operationId, () => {
          throw new Error('a fault the test asked for');
        });
      }
      return async () => {
        server.state.away = false;
        server.state.before.delete(operationId);
      };
    },

    async provoke(operationId, status): Promise<Provocation | undefined> {
      if (operationId === 'signUp' && status === 403) {
        server.state.signUp = false;
        return {
          undo: async () => {
            server.state.signUp = true;
          },
        };
      }
      if (status === 409) {
        const kept = await provokeDefaultKept(server, operationId, present);
        const claimed = await provokeClaimed(server, operationId);
        return kept ?? claimed ?? provokeLastOwner(server, operationId, present) ?? hold(server, operationId);
      }
      return undefined;
    },

    async auditEntries(requestId) {
      const text = 'SELECT action FROM audit_events WHERE request_id = $1';
      return (await server.admin.query<{ action: string }>({ text, values: [requestId] })).rows;
    },

    async stateChecksum() {
      // When a key was last used and how often an address called is also written by requests that are refused. The cached figures of apps follow
      // an earlier request that was not.
      const { rate_limits: _, keys: __, apps: ___, ...tables } = await tableChecksums(server.admin);
      const keys = await server.admin.query({ text: 'SELECT id, enabled, version, expires_at, revoked_at FROM keys ORDER BY id' });
      const apps = await server.admin.query({
        text: `SELECT to_jsonb(apps) - ARRAY['cached_user_count', 'cached_event_count', 'cached_last_event', 'stats_last_updated'] AS app
          FROM apps ORDER BY id`,
      });
      return JSON.stringify([tables, keys.rows, apps.rows]);
    },
  };
}

/** Something to read for the owner. */
async function tell(server: Harness, organization: { id: string; ownerId: string }, id: string): Promise<void> {
  const about = { kind: 'api_key_expiring', resource: { type: 'api_key', id: uuidv7() }, marker: '', text: 'A key expires' } as const;
  const notification = { id, userId: organization.ownerId, ...about, now: server.now().toISOString() };
  await server.db.transact(organization.id, (tx) => notifications.insert(tx, organization.id, notification));
}

/** Keeps the next call of an operation running until a second one came, so that the two meet. */
function hold(server: Harness, operationId: string): Provocation {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const timer = setTimeout(release, 500);
  server.state.before.set(operationId, () => released);
  return {
    undo: async () => {
      clearTimeout(timer);
      release();
      server.state.before.delete(operationId);
    },
  };
}

function byKey(key: string): Credential {
  return { headers: { 'X-API-Key': key } };
}

function bySession(token: string): Credential {
  return { headers: { Authorization: `Bearer ${token}` } };
}
