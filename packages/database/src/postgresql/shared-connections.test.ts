import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantSelect } from '../tenant-select.ts';
import { acme, insertOrganization } from '../testing/sample-rows.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';

describe('quick reads on shared connections', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await db.transact(acme, (tx) => insertOrganization(tx, acme));
  });
  afterAll(() => db.close());

  const echo = async (token: string) => {
    const { rows } = await db.query<{ token: string; pid: number }>({
      ...{ name: 'echo', text: 'SELECT $1::text AS token, pg_backend_pid() AS pid', values: [token], quick: true },
    });
    return rows[0];
  };

  it('each gets its own answer, however many there are at once, and they need two connections', async () => {
    const tokens = Array.from({ length: 500 }, () => randomUUID());
    const answers = await Promise.all(tokens.map(echo));
    expect(answers.map((answer) => answer?.token)).toEqual(tokens);
    expect(new Set(answers.map((answer) => answer?.pid)).size).toBe(2);
  });

  it('a failure is that of one statement: those before and after it on the connection have their answers', async () => {
    const bad = () => db.query({ name: 'bad', text: 'SELECT $1::text::int', values: ['x'], quick: true });
    const none = () => db.query({ name: 'none', text: 'SELECT * FROM nowhere', quick: true });
    const tokens = Array.from({ length: 30 }, () => randomUUID());
    const mixed = await Promise.allSettled(tokens.flatMap((token) => [echo(token), bad(), none()]));
    tokens.forEach((token, index) => {
      const [answer, badOne, noneOne] = mixed.slice(index * 3, index * 3 + 3);
      expect(answer).toMatchObject({ status: 'fulfilled', value: { token } });
      expect(badOne).toMatchObject({ status: 'rejected', reason: { code: '22P02' } });
      // The first of several names the table; those that counted on it being prepared find it is not, and the connection is replaced.
      expect(['42P01', '26000']).toContain((noneOne as PromiseRejectedResult).reason.code);
    });
  });

  it('a read that was running when the connection was ended is repeated once', async () => {
    const reading = db.query({ name: 'slow', text: 'SELECT pg_sleep(0.5), 1 AS one', quick: true });
    const behind = echo('behind');
    // Only the one that reads: with the idle ones ended a moment later, the repetition could meet the same end.
    const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query LIKE '%pg_sleep(0.5)%' AND state = 'active' AND pid <> pg_backend_pid()`;
    await expect.poll(async () => (await db.admin.query({ text })).rowCount).toBe(1);
    expect((await reading).rows).toMatchObject([{ one: 1 }]);
    expect(await behind).toMatchObject({ token: 'behind' });
    expect(await echo('after')).toMatchObject({ token: 'after' });
  });

  it('sets the tenant for its own statement only', async () => {
    const seen = (organizationId: string) =>
      db.query<{ id: string; found: number }>(
        tenantSelect(organizationId, {
          ...{ name: 'organizations', text: 'SELECT tenant.id, (SELECT count(*) FROM organizations) AS found', quick: true },
        }),
      );
    const stranger = randomUUID();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => seen(index % 2 === 0 ? acme : stranger)));
    answers.forEach(({ rows }, index) => {
      expect(rows).toEqual([index % 2 === 0 ? { id: acme, found: 1 } : { id: stranger, found: 0 }]);
    });
    const { rows } = await db.query({
      ...{ name: 'setting', text: `SELECT coalesce(current_setting('app.organization_id', true), '') AS id`, quick: true as const },
    });
    expect(rows).toEqual([{ id: '' }]);
  });
});
