import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, DatabaseUnavailable, openDatabase } from '@appstead/database';
import { type TestDatabase, testDatabase } from '@appstead/database/testing';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobQueue } from './job-queue.ts';
import { jobRules } from './job-queues.ts';

const acme = '0197a000-0000-7000-8000-00000000000a';
const jobOf = (app_id: string) => ({ organization_id: acme, app_id });

let db: TestDatabase;
let lines: string[];
let queues: JobQueue[];
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  lines = [];
  queues = [];
  await db.admin.query({ text: 'DELETE FROM pgboss.job' });
  await db.admin.query({ text: 'UPDATE pgboss.version SET maintained_on = NULL' });
});
afterEach(async () => {
  for (const queue of queues) await queue.stop(0);
});

function newQueue({ on = db as Database, pollMs = 50 } = {}): JobQueue {
  const queue = new JobQueue({ db: on, log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }), pollMs });
  queues.push(queue);
  return queue;
}

const states = async () => {
  const { rows } = await db.admin.query<{ state: string }>({
    text: 'SELECT state, retry_count, output, data FROM pgboss.job ORDER BY name, created_on',
  });
  return rows;
};
const gone = () => vi.waitFor(async () => expect(await states()).toEqual([]), 10_000);

/** A handler that writes down what it was given and waits to be let go. */
function recorder() {
  const taken: string[] = [];
  const held: { release: () => void; signal: AbortSignal }[] = [];
  return {
    taken,
    held,
    note: async ({ app_id }: { app_id: string }) => void taken.push(app_id),
    hold: async ({ app_id }: { app_id: string }, { signal }: { signal: AbortSignal }) => {
      taken.push(app_id);
      await new Promise<void>((resolve, reject) => {
        held.push({ release: resolve, signal });
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
  };
}

describe('a job', () => {
  it('is done when its transaction commits, and never when it is rolled back', async () => {
    const { taken, note } = recorder();
    const queue = newQueue();
    queue.work('url_context', note);
    queue.start();
    const refused = db.transact(acme, async (tx) => {
      await queue.send(tx, 'url_context', jobOf('rolled back'));
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    await db.transact(acme, (tx) => queue.send(tx, 'url_context', jobOf('committed')));
    queue.wake();
    await gone();
    expect(taken).toEqual(['committed']);
  });

  it('is done once, however many processes look for work', async () => {
    const { taken, note } = recorder();
    const sent = Array.from({ length: 60 }, (_, number) => `app ${number}`);
    const sender = newQueue();
    for (const app of sent) await sender.send(db, 'url_context', jobOf(app));
    for (let n = 0; n < 3; n++) {
      const queue = newQueue();
      queue.work('url_context', note, { concurrency: 4 });
      queue.start();
    }
    await gone();
    expect(taken.sort()).toEqual(sent.sort());
  });

  it('waits for those before it when a process does as many as it may', async () => {
    const { taken, held, hold } = recorder();
    const queue = newQueue({ pollMs: 60_000 });
    queue.work('url_context', hold, { concurrency: 2 });
    for (const app of ['a', 'b', 'c']) await queue.send(db, 'url_context', jobOf(app));
    queue.start();
    queue.wake();
    await vi.waitFor(() => expect(held).toHaveLength(2));
    held[0]?.release();
    await vi.waitFor(() => expect(held).toHaveLength(3));
    expect(taken.sort()).toEqual(['a', 'b', 'c']);
    for (const { release } of held) release();
    await gone();
  });

  it('is tried again when it fails, as often as its queue says, and what it threw is logged and not stored', async () => {
    const attempts: [number, boolean][] = [];
    const queue = newQueue();
    queue.work('url_context', async (_data, { attempt, isLast }) => {
      attempts.push([attempt, isLast]);
      throw new Error('the secret is abc');
    });
    queue.start();
    await queue.send(db, 'url_context', jobOf('fails'));
    const { retries } = jobRules.url_context;
    for (let attempt = 1; attempt <= retries + 1; attempt++) {
      queue.wake();
      const state = attempt <= retries ? 'retry' : 'failed';
      await vi.waitFor(
        async () => expect(await states()).toEqual([{ state, retry_count: attempt - 1, output: null, data: jobOf('fails') }]),
        10_000,
      );
      await db.admin.query({ text: 'UPDATE pgboss.job SET start_after = now()' });
    }
    expect(attempts).toEqual([1, 2, 3, 4].map((attempt) => [attempt, attempt === 4]));
    expect(lines.filter((line) => line.includes('a job failed and is tried again'))).toHaveLength(retries);
  });

  it('waits before it is tried again, longer each time', async () => {
    const queue = newQueue();
    queue.work('url_context', async () => {
      throw new Error('no');
    });
    queue.start();
    await queue.send(db, 'url_context', jobOf('fails'));
    queue.wake();
    await vi.waitFor(async () => expect((await states())[0]?.state).toBe('retry'));
    const { rows } = await db.admin.query<{ wait: number }>({
      text: 'SELECT extract(epoch FROM start_after - now())::float8 AS wait FROM pgboss.job',
    });
    expect(rows[0]?.wait).toBeGreaterThan(55);
    expect(rows[0]?.wait).toBeLessThan(125);
  });

  it('comes back when the process that had taken it died', async () => {
    const dead = newQueue();
    const first = recorder();
    dead.work('url_context', first.hold);
    dead.start();
    await dead.send(db, 'url_context', jobOf('survivor'));
    dead.wake();
    await vi.waitFor(() => expect(first.held).toHaveLength(1));

    const { taken, note } = recorder();
    const alive = newQueue();
    alive.work('url_context', note);
    const late = { text: `UPDATE pgboss.job SET started_on = started_on - interval '10 minutes'` };
    await db.admin.query(late);
    await db.admin.query({ text: 'UPDATE pgboss.version SET maintained_on = NULL' });
    alive.start();
    await vi.waitFor(async () => expect((await states())[0]?.state).toBe('retry'));
    dead.beginStop();
    await db.admin.query({ text: 'UPDATE pgboss.job SET start_after = now()' });
    alive.wake();
    await vi.waitFor(() => expect(taken).toEqual(['survivor']));
  });

  it('survives the end of the process that sent it', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'appstead-jobs-'));
    const before = await openDatabase({ dataDir });
    await newQueue({ on: before }).send(before, 'url_context', jobOf('kept'));
    await before.close();
    const after = await openDatabase({ dataDir });
    const { taken, note } = recorder();
    const queue = newQueue({ on: after });
    queue.work('url_context', note);
    queue.start();
    await vi.waitFor(() => expect(taken).toEqual(['kept']), 10_000);
    await queue.stop();
    await after.close();
    await rm(dataDir, { recursive: true });
  });
});

describe('a schedule', () => {
  it('has one job per turn in all processes together, also after that job is done', async () => {
    let runs = 0;
    for (let n = 0; n < 3; n++) {
      const queue = newQueue();
      queue.work('retention', async () => void runs++);
      // A turn that the test cannot outlive.
      queue.schedule('retention', 24 * 3_600);
      queue.start();
    }
    await vi.waitFor(async () => expect(await states()).toMatchObject([{ state: 'completed', data: {} }]), 10_000);
    const late = newQueue();
    late.work('retention', async () => void runs++);
    late.schedule('retention', 24 * 3_600);
    late.start();
    await late.send(db, 'url_context', jobOf('after'));
    late.work('url_context', async () => undefined);
    await vi.waitFor(async () => expect(await states()).toHaveLength(1), 10_000);
    expect(runs).toBe(1);
  });

  it('that is also for starts has its job done once more by each process that starts', async () => {
    let runs = 0;
    for (let n = 1; n <= 2; n++) {
      const queue = newQueue();
      queue.work('maintenance', async () => void runs++);
      queue.schedule('maintenance', 24 * 3_600, { alsoAtStart: true });
      queue.start();
      await vi.waitFor(() => expect(runs).toBe(n), 10_000);
      await queue.stop();
    }
    expect(await states()).toMatchObject([{ state: 'completed' }]);
  });
});

describe('a stop', () => {
  it('waits for what runs and takes nothing new', async () => {
    const { taken, held, hold } = recorder();
    const queue = newQueue();
    queue.work('url_context', hold);
    queue.start();
    for (const app of ['running', 'waiting']) await queue.send(db, 'url_context', jobOf(app));
    queue.wake();
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const stopped = queue.stop();
    held[0]?.release();
    await stopped;
    expect(taken).toEqual(['running']);
    expect(await states()).toMatchObject([{ state: 'created', data: jobOf('waiting') }]);
  });

  it('tells what does not end, and leaves it to be done again', async () => {
    const { held, hold } = recorder();
    const queue = newQueue();
    queue.work('url_context', hold);
    queue.start();
    await queue.send(db, 'url_context', jobOf('long'));
    queue.wake();
    await vi.waitFor(() => expect(held).toHaveLength(1));
    await queue.stop(10);
    expect(held[0]?.signal.aborted).toBe(true);
    expect(await states()).toMatchObject([{ state: 'retry' }]);
  });
});

describe('the workers', () => {
  it('go on when the database comes back, after one line about its absence', async () => {
    let isAway = true;
    const on: Database = {
      ...pick(db),
      query: (statement) => (isAway ? Promise.reject(new DatabaseUnavailable('away')) : db.query(statement)),
    };
    const { taken, note } = recorder();
    const queue = newQueue({ on, pollMs: 5 });
    queue.work('url_context', note);
    queue.start();
    await newQueue().send(db, 'url_context', jobOf('patient'));
    await vi.waitFor(() => expect(lines.join('')).toContain('jobs cannot be fetched'));
    await vi.waitFor(() => expect(lines.join('')).toContain('not tidied'));
    isAway = false;
    await gone();
    expect(taken).toEqual(['patient']);
    expect(lines.filter((line) => line.includes('jobs cannot be fetched'))).toHaveLength(1);
  });

  it('ask the database one thing per turn while there is nothing to do, whatever the number of queues', async () => {
    const asked: string[] = [];
    const on: Database = {
      ...pick(db),
      query: (statement) => {
        asked.push(statement.name ?? statement.text);
        return db.query(statement);
      },
    };
    const queue = newQueue({ on, pollMs: 5 });
    for (const name of ['maintenance', 'retention', 'url_context'] as const) queue.work(name, async () => undefined);
    queue.start();
    await vi.waitFor(() => expect(asked.filter((name) => name === 'due_queues').length).toBeGreaterThan(5));
    await queue.stop();
    // What a start does besides: it tidies.
    expect(asked.filter((name) => name !== 'due_queues').length).toBeLessThanOrEqual(3);
  });

  it('remove what failed or was done long ago', async () => {
    const queue = newQueue();
    for (const app of ['old', 'new']) await queue.send(db, 'url_context', jobOf(app));
    const age = {
      text: `UPDATE pgboss.job SET state = 'failed', completed_on = now() - CASE data ->> 'app_id' WHEN 'old' THEN interval '3 days' ELSE interval '1 day' END`,
    };
    await db.admin.query(age);
    queue.start();
    await vi.waitFor(async () => expect(await states()).toMatchObject([{ data: jobOf('new') }]));
  });
});

function pick(database: Database): Database {
  return {
    kind: database.kind,
    query: (statement) => database.query(statement),
    transact: (organizationId, work) => database.transact(organizationId, work),
    ping: () => database.ping(),
    listen: (...given) => database.listen(...given),
    close: () => database.close(),
  };
}
