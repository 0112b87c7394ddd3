import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const rounds = 12;

let servers: [Harness, Harness];
let key: string;
beforeAll(async () => {
  const first = await startServer();
  servers = [first, await startServer({ beside: first })];
  key = (await first.newOrganization()).organizationKey;
});
afterAll(async () => {
  for (const server of [...servers].reverse()) await server.close();
});

describe('eraseAppUser beside ingestion and identification, in two processes', () => {
  it('leaves no event without its person and counts people right, whoever comes first', async () => {
    const [{ url, admin }, { url: otherUrl }] = servers;
    const app = await newApp(url, key);
    const ids = { user_id: 'ada', anonymous_id: 'device' };
    const identify = (at: string) => call(at, '/v1/identify', { headers: { 'X-API-Key': app.api_key }, body: ids });
    const send = (at: string, who: object) => sendEvents(at, app.api_key, Array(3).fill({ name: 'seen', ...who }));
    for (let round = 0; round < rounds; round++) {
      expect((await identify(url)).status).toBe(200);
      const [ada] = (await call(url, `/v1/apps/${app.id}/users?search=ada`, { key })).body.users;
      const answers = await Promise.all([
        send(url, { anonymous_id: 'device' }),
        send(otherUrl, { user_id: 'ada' }),
        call(otherUrl, `/v1/apps/${app.id}/users/${ada.id}`, { method: 'DELETE', key }),
        send(otherUrl, { anonymous_id: 'device' }),
        identify(url),
        send(url, { user_id: 'ada' }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
      const text = `SELECT count(*)::integer AS count FROM events WHERE app_id = $1 AND NOT EXISTS (
        SELECT FROM app_users WHERE app_users.app_id = $1 AND app_users.id = events.app_user_id AND app_users.claimed_by IS NULL)`;
      expect((await admin.query({ text, values: [app.id] })).rows).toEqual([{ count: 0 }]);
      expect((await admin.query({ text: 'SELECT FROM events WHERE app_user_id = $1', values: [ada.id] })).rowCount).toBe(0);
      const { cached_user_count } = (await call(url, `/v1/apps/${app.id}/stats/refresh`, { key, method: 'POST' })).body.app;
      expect(cached_user_count).toBe((await call(url, `/v1/apps/${app.id}/users`, { key })).body.users.length);
    }
  }, 120_000);
});
