import { DatabaseUnavailable } from '@appstead/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { hashKey } from './key-format.ts';
import { findByHash } from './key-store.ts';
import { KeyUsage } from './key-usage.ts';

let server: Harness;
const failures: unknown[] = [];
let usage: KeyUsage;
beforeAll(async () => {
  server = await startServer();
  usage = new KeyUsage(server.db, (error) => failures.push(error));
});
afterAll(async () => {
  await usage.close();
  await server.close();
});

/** A key of an organization of its own. */
async function newKey() {
  const { id: organizationId, organizationKey, session } = await server.newOrganization();
  const keyId = (await findByHash(server.db, hashKey(organizationKey)))?.id as string;
  const note = (at: string) => usage.note(organizationId, keyId, new Date(at));
  const lastUsedAt = async () =>
    (await call(server.url, '/v1/organization/api-key', { key: session })).body.organization_key.last_used_at as string | null;
  return { organizationId, keyId, note, lastUsedAt };
}

describe('KeyUsage', () => {
  it('writes the latest use of each key when it is flushed, for several organizations', async () => {
    const [one, two] = [await newKey(), await newKey()];
    one.note('2026-11-21T10:00:00.000Z');
    one.note('2026-11-21T10:00:05.000Z');
    two.note('2026-11-21T11:00:00.000Z');
    expect(await one.lastUsedAt()).toBeNull();
    await usage.flush();
    expect([await one.lastUsedAt(), await two.lastUsedAt()]).toEqual(['2026-11-21T10:00:05.000Z', '2026-11-21T11:00:00.000Z']);
  });

  it('never goes backwards, whatever order processes write in', async () => {
    const key = await newKey();
    for (const at of ['2026-11-21T10:00:05.000Z', '2026-11-21T09:00:00.000Z']) {
      key.note(at);
      await usage.flush();
    }
    expect(await key.lastUsedAt()).toBe('2026-11-21T10:00:05.000Z');
  });

  it('does not change the version of a key, which is of its owner’s changes', async () => {
    const key = await newKey();
    key.note('2026-11-21T10:00:00.000Z');
    await usage.flush();
    const { rows } = await server.admin.query({ text: 'SELECT version FROM keys WHERE id = $1', values: [key.keyId] });
    expect(rows).toEqual([{ version: 1 }]);
  });

  it('tells when it cannot write and goes on with the next use', async () => {
    const key = await newKey();
    const away = new KeyUsage({ ...server.db, transact: () => Promise.reject(new DatabaseUnavailable('away')) }, (error) =>
      failures.push(error),
    );
    away.note(key.organizationId, key.keyId, new Date());
    await away.close();
    expect(failures).toEqual([expect.any(DatabaseUnavailable)]);
    key.note('2026-11-21T10:00:00.000Z');
    await usage.flush();
    expect(await key.lastUsedAt()).toBe('2026-11-21T10:00:00.000Z');
  });
});
