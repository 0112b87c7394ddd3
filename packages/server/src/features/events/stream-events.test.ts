import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { openStream } from '../../testing/open-stream.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { streamsMax } from './event-feeds.ts';

type Stream = Awaited<ReturnType<typeof openStream>>;

let server: Harness;
let organization: Awaited<ReturnType<Harness['newOrganization']>>;
let app: Awaited<ReturnType<typeof newApp>>;
let streams: Stream[];
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  streams = [];
  organization = await server.newOrganization();
  app = await newApp(server.url, organization.organizationKey);
});
afterEach(() => {
  server.state.deaf = false;
  for (const { close } of streams) close();
});

async function open(headers: Record<string, string> = {}, { url = server.url, appId = app.id } = {}): Promise<Stream> {
  const stream = await openStream(url, appId, { 'X-API-Key': organization.organizationKey, ...headers });
  streams.push(stream);
  return stream;
}
const send = (...names: string[]) =>
  sendEvents(
    server.url,
    app.api_key,
    names.map((name) => ({ name })),
  );
const namesOf = (stream: Stream) => stream.messages().map(({ data }) => data.name);

describe('streamEvents', () => {
  it('200 tells each event that is accepted from then on, as listAppEvents shows it, and not those before or of other apps', async () => {
    await send('before');
    const stream = await open();
    expect([stream.status, stream.headers['content-type'], stream.headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    const other = await newApp(server.url, organization.organizationKey);
    await sendEvents(server.url, other.api_key, [{ name: 'elsewhere' }]);
    await send('first', 'second');
    await stream.untilMessages(2);
    await send('third');
    const messages = await stream.untilMessages(3);
    const { events } = (await call(server.url, `/v1/apps/${app.id}/events`, { key: organization.organizationKey })).body;
    const byId = (list: { id: string }[]) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(messages.map(({ data }) => data))).toEqual(byId(events.filter(({ name }: { name: string }) => name !== 'before')));
    expect(new Set(messages.map(({ event }) => event))).toEqual(new Set(['app_event']));
  });

  it('tells what another process took in', async () => {
    const second = await startServer({ beside: server });
    const stream = await open({}, { url: second.url });
    await send('from the first process');
    expect((await stream.untilMessages(1))[0]?.data.name).toBe('from the first process');
    stream.close();
    await second.close();
  });

  it('tells an event that could be seen only after later ones', async () => {
    const stream = await open();
    const insert = (name: string, msAgo: number) =>
      server.admin.query({
        text: `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, platform) VALUES ($1, $2, gen_random_uuid(), $3, $4, $4, 'web')`,
        values: [organization.id, app.id, name, new Date(Date.now() - msAgo).toISOString()],
      });
    await send('make the partition');
    await stream.untilMessages(1);
    await insert('late', 4_000);
    await stream.untilMessages(2);
    expect(namesOf(stream)).toEqual(['make the partition', 'late']);
  });

  it('goes on where it broke off: nothing is left out, and what comes twice is known by its id', async () => {
    const first = await open();
    await send('one');
    const [message] = await first.untilMessages(1);
    first.close();
    await send('two', 'three');
    const again = await open({ 'Last-Event-ID': message?.id ?? '' });
    await send('four');
    await vi.waitFor(() => expect(namesOf(again)).toContain('four'), { timeout: 10_000 });
    await send('five');
    await vi.waitFor(() => expect(namesOf(again)).toContain('five'), { timeout: 10_000 });
    expect([...new Set(namesOf(again))].sort()).toEqual(['five', 'four', 'one', 'three', 'two']);
    expect(new Set(again.messages().map(({ data }) => data.id)).size).toBe(again.messages().length);
  });

  it('400 for a Last-Event-ID that is none of this stream', async () => {
    const stream = await open();
    await send('one');
    const [message] = await stream.untilMessages(1);
    const other = await newApp(server.url, organization.organizationKey);
    for (const [lastEventId, appId] of [
      ['nonsense', app.id],
      [message?.id ?? '', other.id],
    ] as const) {
      const refusal = await call(server.url, `/v1/apps/${appId}/events/stream`, {
        key: organization.organizationKey,
        headers: { 'Last-Event-ID': lastEventId },
      });
      expect(refusal.body).toMatchObject({ status: 400, code: 'invalid_cursor', errors: [{ location: 'header.Last-Event-ID' }] });
    }
  });

  it('404 for the app of another organization', async () => {
    const stranger = await server.newOrganization();
    const refusal = await call(server.url, `/v1/apps/${app.id}/events/stream`, { key: stranger.organizationKey });
    expect(refusal.body).toMatchObject({ status: 404, code: 'app_not_found' });
  });

  it('ends within seconds when its key is revoked, also when the message of it is lost', async () => {
    for (const deaf of [false, true]) {
      const key = await server.newApiKey(organization.id, { scopes: ['events:read'] });
      const stream = await open({ 'X-API-Key': key });
      expect(stream.status).toBe(200);
      server.state.deaf = deaf;
      const text = `UPDATE keys SET revoked_at = now() WHERE organization_id = $1 AND kind = 'api_key'`;
      await server.admin.query({ text, values: [organization.id] });
      const revokedAt = performance.now();
      await stream.untilOver();
      expect(performance.now() - revokedAt).toBeLessThan(deaf ? 10_000 : 5_000);
    }
  });

  it('ends when its app is deleted', async () => {
    const stream = await open();
    await call(server.url, `/v1/apps/${app.id}`, { key: organization.organizationKey, method: 'DELETE' });
    await stream.untilOver();
  });

  it('503 for more streams than an organization may have, until one is closed; others are not touched', async () => {
    for (let n = 0; n < streamsMax; n++) expect((await open()).status).toBe(200);
    const refused = await call(server.url, `/v1/apps/${app.id}/events/stream`, { key: organization.organizationKey });
    expect(refused.body).toMatchObject({ status: 503, code: 'too_many_streams' });
    expect(refused.headers.get('retry-after')).toBe('30');
    const other = await server.newOrganization();
    const theirs = await newApp(server.url, other.organizationKey);
    expect((await open({ 'X-API-Key': other.organizationKey }, { appId: theirs.id })).status).toBe(200);
    streams[0]?.close();
    await vi.waitFor(async () => expect((await open()).status).toBe(200), { timeout: 10_000, interval: 100 });
  });

  it('answers HEAD with its headers and keeps nothing open', async () => {
    for (let n = 0; n <= streamsMax; n++) {
      const response = await fetch(`${server.url}/v1/apps/${app.id}/events/stream`, {
        method: 'HEAD',
        headers: { 'X-API-Key': organization.organizationKey },
      });
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
  });

  it('cuts off a reader that does not keep up, and nobody else', async () => {
    const [slow, fast] = [await open(), await open()];
    slow.response.pause();
    await send('make the partition');
    const count = 12_000;
    const text = `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, platform, properties)
      SELECT $1, $2, gen_random_uuid(), 'flood', now(), now(), 'web', jsonb_build_object('text', repeat('x', 2000)) FROM generate_series(1, $3)`;
    await server.admin.query({ text, values: [organization.id, app.id, count] });
    await vi.waitFor(() => expect(fast.messages()).toHaveLength(count + 1), { timeout: 40_000, interval: 500 });
    slow.response.resume();
    await slow.untilOver();
    expect(slow.messages().length).toBeLessThan(count);
  });

  it('ends when the server stops, and none begins then', async () => {
    const second = await startServer({ beside: server });
    const stream = await open({}, { url: second.url });
    second.server.beginStop();
    await stream.untilOver();
    const refused = await call(second.url, `/v1/apps/${app.id}/events/stream`, { key: organization.organizationKey });
    expect(refused.body).toMatchObject({ status: 503, code: 'unavailable' });
    await second.close();
  });

  it('does not count as a running request while it waits', async () => {
    const second = await startServer({ beside: server, runningMax: 1 });
    for (let n = 0; n < 3; n++) expect((await open({}, { url: second.url })).status).toBe(200);
    expect((await call(second.url, '/v1/apps', { key: organization.organizationKey })).status).toBe(200);
    for (const { close } of streams) close();
    await second.close();
  });
});
