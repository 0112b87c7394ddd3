import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transaction } from './database.ts';
import { DatabaseError } from './database-errors.ts';
import { tenantSelect } from './tenant-select.ts';
import { engines } from './testing/engines.ts';
import { acme, globex, insertOrganization } from './testing/sample-rows.ts';
import { type TestDatabase, tableChecksums } from './testing.ts';

const setting = `SELECT coalesce(current_setting('app.organization_id', true), '') AS value`;

describe.each(engines)('transact on $engine', ({ open, engine }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  it('commits what it wrote and returns what the work returns', async () => {
    const returned = await db.transact(acme, async (tx) => {
      await insertOrganization(tx, acme, 'Acme');
      return 'done';
    });
    expect(returned).toBe('done');
    const statement = tenantSelect(acme, { text: 'SELECT name FROM organizations WHERE id = tenant.id' });
    expect((await db.query(statement)).rows).toEqual([{ name: 'Acme' }]);
  });

  it('leaves nothing behind when the work throws, and rejects with what it threw', async () => {
    const before = await tableChecksums(db.admin);
    const refusal = new Error('no');
    const attempt = db.transact(globex, async (tx) => {
      await insertOrganization(tx, globex);
      throw refusal;
    });
    await expect(attempt).rejects.toBe(refusal);
    expect(await tableChecksums(db.admin)).toEqual(before);
  });

  it('rejects (25P02) and leaves nothing when the work hides that a statement failed', async () => {
    const before = await tableChecksums(db.admin);
    const attempt = db.transact(globex, async (tx) => {
      await insertOrganization(tx, globex);
      await tx.query({ text: 'SELECT 1 / 0' }).catch(() => undefined);
      return 'done';
    });
    await expect(attempt).rejects.toMatchObject({ code: '25P02' });
    expect(await tableChecksums(db.admin)).toEqual(before);
  });

  it('leaves no organization set on the connection, neither after success nor after failure', async () => {
    const uses = Array.from({ length: 40 }, async (_, index) => {
      await db
        .transact(acme, async (tx) => {
          expect((await tx.query({ text: setting })).rows).toEqual([{ value: acme }]);
          if (index % 2) throw new Error('no');
        })
        .catch(() => undefined);
      await db.query(tenantSelect(acme, { text: 'SELECT tenant.id' }));
      return (await db.query({ text: setting })).rows;
    });
    expect(await Promise.all(uses)).toEqual(uses.map(() => [{ value: '' }]));
  });

  it('refuses statements after its end, when the connection belongs to somebody else', async () => {
    let kept: Transaction | undefined;
    await db.transact(acme, async (tx) => {
      kept = tx;
    });
    await expect(kept?.query({ text: 'SELECT 1' })).rejects.toThrow('The transaction is over');
    expect(() => kept?.send({ text: 'SELECT 1' })).toThrow('The transaction is over');
  });

  it('commits what was only sent, also when nothing else was asked', async () => {
    const name = `Sent on ${engine}`;
    await db.transact(acme, async (tx) => tx.send({ text: 'UPDATE organizations SET name = $2 WHERE id = $1', values: [acme, name] }));
    const statement = tenantSelect(acme, { text: 'SELECT name FROM organizations WHERE id = tenant.id' });
    expect((await db.query(statement)).rows).toEqual([{ name }]);
  });

  it.each([
    ['the last of all', []],
    ['followed by others that are sent', [{ text: 'SELECT 1' }]],
  ])('rejects with the failure of a statement that was only sent, %s, and leaves nothing', async (_, others) => {
    const before = await tableChecksums(db.admin);
    const attempt = db.transact(globex, async (tx) => {
      await insertOrganization(tx, globex);
      for (const statement of [{ text: 'SELECT 1 / 0' }, ...others]) tx.send(statement);
    });
    await expect(attempt).rejects.toMatchObject({ code: '22012' });
    expect(await tableChecksums(db.admin)).toEqual(before);
  });

  it('commits nothing when values that were only sent cannot be written down', async () => {
    const before = await tableChecksums(db.admin);
    const unwritable = {
      toPostgres: () => {
        throw new Error('unwritable');
      },
    };
    const attempt = db.transact(globex, async (tx) => {
      await insertOrganization(tx, globex);
      tx.send({ name: 'unwritable', text: 'SELECT $1::text', values: [unwritable] });
    });
    await expect(attempt).rejects.toThrow('unwritable');
    expect(await tableChecksums(db.admin)).toEqual(before);
  });

  it('rejects with that failure, not with its echo, when the work waits for a statement after it', async () => {
    const attempt = db.transact(acme, async (tx) => {
      tx.send({ text: 'SELECT 1 / 0' });
      await tx.query({ text: 'SELECT 1' });
    });
    await expect(attempt).rejects.toMatchObject({ code: '22012' });
  });

  it('rejects with what the work throws, whatever became of what it sent', async () => {
    const refusal = new Error('no');
    const attempt = db.transact(acme, async (tx) => {
      tx.send({ text: 'SELECT 1 / 0' });
      throw refusal;
    });
    await expect(attempt).rejects.toBe(refusal);
    await db.ping();
  });

  it('refuses an organization that is not a UUID, because it goes into the text', async () => {
    await expect(db.transact(`', true); SELECT pg_sleep(9); --`, async () => undefined)).rejects.toThrow(TypeError);
  });

  it('runs the work again after a serialization failure, three times at most', async () => {
    let runs = 0;
    const failing = db.transact(acme, async () => {
      runs += 1;
      throw new DatabaseError('could not serialize access', { code: '40001' });
    });
    await expect(failing).rejects.toMatchObject({ code: '40001' });
    expect(runs).toBe(4);
  });

  it('takes several statements at once, in the order they were given', async () => {
    const numbers = await db.transact(acme, (tx) =>
      Promise.all([1, 2, 3, 4].map((n) => tx.query<{ n: number }>({ name: 'number', text: 'SELECT $1::int AS n', values: [n] }))),
    );
    expect(numbers.map(({ rows }) => rows[0]?.n)).toEqual([1, 2, 3, 4]);
  });

  if (engine === 'pglite')
    it('holds the only session: a statement of somebody else waits for its end', async () => {
      const order: string[] = [];
      let started: (() => void) | undefined;
      const inside = new Promise<void>((resolve) => {
        started = resolve;
      });
      const transaction = db.transact(acme, async (tx) => {
        started?.();
        await tx.query({ text: 'SELECT pg_sleep(0.05)' });
        order.push('transaction');
      });
      await inside;
      await Promise.all([transaction, db.query({ text: 'SELECT 1' }).then(() => order.push('other'))]);
      expect(order).toEqual(['transaction', 'other']);
    });

  if (engine === 'postgresql')
    it('survives a deadlock: both transactions commit in the end (40P01 is repeated)', async () => {
      await db.transact(globex, (tx) => insertOrganization(tx, globex));
      await db.admin.query({ text: 'CREATE TABLE tally (id int PRIMARY KEY, n int NOT NULL); INSERT INTO tally VALUES (1, 0), (2, 0)' });
      await db.admin.query({ text: 'GRANT SELECT, UPDATE ON tally TO appstead_app' });
      const add = (first: number, second: number) =>
        db.transact(acme, async (tx) => {
          for (const id of [first, second]) {
            await tx.query({ text: 'UPDATE tally SET n = n + 1 WHERE id = $1', values: [id] });
            await tx.query({ text: 'SELECT pg_sleep(0.05)' });
          }
        });
      await Promise.all([add(1, 2), add(2, 1)]);
      expect((await db.query({ text: 'SELECT n FROM tally' })).rows).toEqual([{ n: 2 }, { n: 2 }]);
      await db.admin.query({ text: 'DROP TABLE tally' });
    });
});
