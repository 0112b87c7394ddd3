import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const mebibyte = 1024 * 1024;
let server: Harness;
let app: { id: string; api_key: string };
beforeAll(async () => {
  server = await startServer();
  app = await newApp(server.url, (await server.newOrganization()).organizationKey);
});
afterAll(() => server.close());

const send = (raw: string | Uint8Array, headers = {}) =>
  call(server.url, '/v1/ingest', { raw, headers: { 'X-API-Key': app.api_key, ...headers } });
const count = async () =>
  (await server.admin.query({ text: 'SELECT count(*) AS events FROM events WHERE app_id = $1', values: [app.id] })).rows[0]?.events;

/** A batch of exactly so many bytes, whose last event carries what is missing in places that may be that long. */
function batchOf(bytes: number): string {
  const head = `{"events":[${'{"name":"a","properties":{"text":"'.concat('x'.repeat(15_000), '"}},').repeat(69)}{"name":"a","properties":{"text":"`;
  const tail = '"}}]}';
  return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
}

it('takes 1000 events in a batch and refuses 1001 as a whole', async () => {
  const before = Number(await count());
  const batch = (size: number) => Array.from({ length: size }, (_, n) => ({ name: `event ${n}` }));
  expect((await sendEvents(server.url, app.api_key, batch(1000))).body.accepted).toBe(1000);
  expectProblem(await sendEvents(server.url, app.api_key, batch(1001)), 400, 'invalid_request');
  expect(await count()).toBe(before + 1000);
});

it('takes 1 MiB, plain and compressed, and refuses one byte more with 413, also when it is small on the wire', async () => {
  expect((await send(batchOf(mebibyte))).body.accepted).toBe(70);
  expectProblem(await send(batchOf(mebibyte + 1)), 413, 'payload_too_large');
  const zip = { 'Content-Encoding': 'gzip' };
  expect((await send(gzipSync(batchOf(mebibyte)), zip)).body.accepted).toBe(70);
  expectProblem(await send(gzipSync(batchOf(mebibyte + 1)), zip), 413, 'payload_too_large');
  expectProblem(await send(gzipSync(Buffer.alloc(200 * mebibyte, 0x20)), zip), 413, 'payload_too_large');
});

it('takes a batch of very many values, which is legal', async () => {
  const properties = { list: Array.from({ length: 8_000 }, () => 1) };
  const events = Array.from({ length: 60 }, () => ({ name: 'a', properties }));
  expect((await sendEvents(server.url, app.api_key, events)).body.accepted).toBe(60);
});

it('refuses what is no JSON, no text that can be stored, and no batch, and stores nothing of it', async () => {
  const before = await count();
  expectProblem(await send('{"events":[{"name":"a"}'), 400, 'malformed_body');
  expectProblem(await send('{"events":[{"name":"a\\u0000"}]}'), 400, 'invalid_characters');
  expectProblem(await send('[{"name":"a"}]'), 400, 'invalid_request');
  expectProblem(await send('{"events":[{"name":"a"}],"batch":1}'), 400, 'invalid_request');
  expectProblem(await send('{"events":{"name":"a"}}'), 400, 'invalid_request');
  expectProblem(await send('name=a', { 'Content-Type': 'text/plain' }), 415, 'unsupported_media_type');
  expect(await count()).toBe(before);
});
