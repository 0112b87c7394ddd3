import type { Database, Queryable } from '@appstead/database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { createEventJudge, type JudgedEvent } from './event-judge.ts';
import { Ingestion } from './ingestion.ts';

let server: Harness;
let app: { id: string; api_key: string };
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await newApp(server.url, (await server.newOrganization()).organizationKey);
});
afterEach(() => {
  server.state.away = false;
  server.state.before.clear();
});

const tables = ['events', 'event_ids', 'app_users', 'event_counts', 'app_counters'];
const rowsOf = async (table: string) =>
  (await server.admin.query({ text: `SELECT * FROM ${table} WHERE app_id = $1`, values: [app.id] })).rows.length;

describe('when a batch cannot be written', () => {
  it('it alone fails and leaves nothing, though others were written with it', async () => {
    await server.admin.query({ text: `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (name <> 'poison')` });
    // The first write waits until all others have come, so that they go together.
    const others = ['good', 'poison', 'fine'];
    const send = (name: string) => sendEvents(server.url, app.api_key, [{ name, user_id: name }]);
    const sending = await new Promise<ReturnType<typeof send>[]>((resolve) => {
      let come = 0;
      let finish = () => {};
      const allCame = new Promise<void>((done) => {
        finish = done;
      });
      const begun = [send('first')];
      server.state.beforeTransaction = () => {
        server.state.beforeTransaction = undefined;
        server.state.before.set('ingestEvents', () => {
          if (++come === others.length) setImmediate(finish);
        });
        begun.push(...others.map(send));
        resolve(begun);
        return allCame;
      };
    });
    const answers = await Promise.all(sending);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 500, 200]);
    const { rows } = await server.admin.query({ text: 'SELECT name FROM events WHERE app_id = $1 ORDER BY name', values: [app.id] });
    expect(rows.map(({ name }) => name)).toEqual(['fine', 'first', 'good']);
    expect(await Promise.all(tables.map(rowsOf))).toEqual([3, 3, 3, 3, 1]);
  });

  it('503 while the database is away, nothing is stored, and the same batch is taken afterwards', async () => {
    await sendEvents(server.url, app.api_key, [{ name: 'before' }]);
    server.state.away = true;
    const batch = [{ name: 'meanwhile', id: '01939f5d-0a10-7cc3-98c4-dc0c0c07398f' }];
    const refused = await sendEvents(server.url, app.api_key, batch);
    expectProblem(refused, 503, 'unavailable');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    server.state.away = false;
    expect((await sendEvents(server.url, app.api_key, batch)).body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await rowsOf('events')).toBe(2);
  });

  it('what is stored is counted and handed on, also when the database goes away before a person is noted as seen', async () => {
    const headers = { 'X-API-Key': app.api_key };
    await call(server.url, '/v1/identify', { headers, body: { user_id: 'ada', anonymous_id: 'device' } });
    const { rows } = await server.admin.query<{ organization_id: string }>({
      text: 'SELECT organization_id FROM apps WHERE id = $1',
      values: [app.id],
    });
    const [{ organization_id: organizationId }] = rows as [{ organization_id: string }];
    const { db } = server;
    const query: Queryable['query'] = async ({ name }) => {
      if (name === 'see_claimers_late') throw new Error('the database is away');
      // As if somebody had locked the person.
      return { rows: [], rowCount: 0 };
    };
    const watch = (tx: Queryable): Queryable => ({
      query: (statement) => (statement.name?.startsWith('see_claimers') ? query(statement) : tx.query(statement)),
    });
    const failing = Object.assign(Object.create(db) as Database, {
      query: db.query.bind(db),
      transact: <T>(id: string, work: (tx: Queryable) => Promise<T>) => db.transact(id, (tx) => work(watch(tx))),
    });
    const told: string[] = [];
    const webhooks = { wake: () => void told.push('webhook') };
    const ingestion = new Ingestion({ db: failing, now: server.now, onStored: () => void told.push('figures'), webhooks });
    const event = createEventJudge()({ name: 'opened', anonymous_id: 'device' }, server.now(), 'web') as JudgedEvent;
    const sending = { id: app.id, status: 'active', platform: 'web', bundleId: null, authorizedDomains: [], webhookEnabled: true } as const;
    const sender = { kind: 'app_key', organizationId, id: 'key', name: 'key', app: sending } as const;
    await expect(ingestion.take(sender, [event])).rejects.toThrow('the database is away');
    expect(await rowsOf('events')).toBe(1);
    expect(told).toEqual(['figures', 'webhook']);
  });

  it('a partition that retention took away meanwhile is made anew', async () => {
    const monthAgo = new Date(server.now().getTime() - 29 * 24 * 3_600_000).toISOString();
    const send = () => sendEvents(server.url, app.api_key, [{ name: 'old', timestamp: monthAgo }, { name: 'new' }]);
    expect((await send()).body.accepted).toBe(2);
    await server.admin.query({ text: `DROP TABLE events_${monthAgo.slice(0, 7).replace('-', '_')}` });
    expect((await send()).body.accepted).toBe(2);
  });
});
