import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey } from './keys/key-format.ts';
import { type Answer, call } from './testing/call.ts';
import { type Harness, metricsToken, startServer } from './testing/server-harness.ts';

/** Everything that was secret or publishable, by what it is; filled by {@link live}. */
const secrets = new Map<string, string>();
const publishable = new Map<string, string>();
const problems: Answer[] = [];
const laterReads: string[] = [];
let organizationKey: string;

let server: Harness;
beforeAll(async () => {
  server = await startServer();
  await live();
});
afterAll(() => server.close());

type Sent = Parameters<typeof call>[2];
async function send(path: string, sent: Sent, status: number): Promise<Answer> {
  const answer = await call(server.url, path, sent);
  expect(answer.status, `${path}: ${answer.text}`).toBe(status);
  if (status >= 400) problems.push(answer);
  return answer;
}
const plant = (what: string, text: string) => {
  secrets.set(what, text);
  return text;
};

/** The life of an organization in which every kind of secret is made, used, used wrongly, replaced and ended. */
async function live(): Promise<void> {
  const password = plant('the password', 'canary-password-Qx81-batteries');
  const wrong = plant('a wrong password', 'canary-wrong-password-77');
  const email = 'canary@example.com';
  const person = { organization_name: 'Canary Ltd', name: 'Ada', email, password };
  const signedUp = (await send('/v1/auth/signup', { body: person }, 201)).body;
  const firstKey = plant('the first organization key', signedUp.organization_key);
  keepSession('sign-up', signedUp.session);
  await send('/v1/auth/signup', { body: person }, 409);
  await send('/v1/auth/signup', { body: { ...person, password: plant('a short password', 'canary-8') } }, 400);
  await send('/v1/auth/login', { body: { email, password: wrong } }, 401);
  await send('/v1/auth/login', { body: { email, password: { $ne: wrong } } }, 400);
  const { session } = (await send('/v1/auth/login', { body: { email, password } }, 200)).body;
  keepSession('sign-in', session);
  const renewed = (await send('/v1/auth/refresh', { body: { refresh_token: session.refresh_token } }, 200)).body.session;
  keepSession('refreshing', renewed);
  await send('/v1/auth/refresh', { body: { refresh_token: plant('an unknown refresh token', createKey('rt')) } }, 401);

  const path = '/v1/organization/api-key/regenerate';
  const retry = { 'Idempotency-Key': 'regenerate-once' };
  const made = await send(path, { method: 'POST', key: renewed.access_token, headers: retry }, 201);
  organizationKey = plant('the second organization key', made.body.organization_key.key);
  await send(path, { method: 'POST', key: renewed.access_token, headers: retry }, 201);
  await send('/v1/apps', { key: firstKey }, 401);
  await send(`/v1/apps?api_key=${organizationKey}`, {}, 401);
  await send('/v1/apps', { headers: { 'X-API-Key': firstKey, Authorization: `Bearer ${organizationKey}` } }, 400);
  await send('/v1/apps', { headers: { Authorization: `Basic ${Buffer.from(`a:${organizationKey}`).toString('base64')}` } }, 401);
  plant('an API key', await server.newApiKey(signedUp.organization.id, { scopes: ['apps:read'] }));
  await send('/v1/apps', { key: secrets.get('an API key'), body: { name: 'x' } }, 403);

  await liveWithAnApp();
  await send('/v1/auth/logout', { body: { refresh_token: renewed.refresh_token } }, 200);
  await send('/v1/auth/refresh', { body: { refresh_token: session.refresh_token } }, 401);
  plant('the metrics token', metricsToken);
  await send('/metrics', { key: metricsToken }, 200);
}

async function liveWithAnApp(): Promise<void> {
  const key = organizationKey;
  const credentials = { api_key: plant('an engagement credential', 'canary-engagement-4411-abcdefgh') };
  const more = { token: plant('an e-mail credential', 'canary-email-5522'), short: plant('a short credential', 'canary-6') };
  const fields = { platform: 'apple', bundle_id: 'com.example.canary', engagement_credentials: credentials, email_credentials: more };
  const body = { name: 'Canary', ...fields };
  const app = (await send('/v1/apps', { key, body, headers: { 'Idempotency-Key': 'create-once' } }, 201)).body.app;
  await send('/v1/apps', { key, body, headers: { 'Idempotency-Key': 'create-once' } }, 201);
  await send('/v1/apps', { key, body }, 409);
  publishable.set('the first app key', app.api_key);
  plant('the first app secret', app.api_secret);
  const path = `/v1/apps/${app.id}`;
  const replaced = { api_key: plant('a new engagement credential', 'canary-engagement-7733-ijklmnop') };
  await send(path, { method: 'PATCH', key, body: { engagement_credentials: replaced } }, 200);
  await send(path, { method: 'PATCH', key, body: { engagement_credentials: { a: `${replaced.api_key}${'x'.repeat(5000)}` } } }, 400);
  await send(path, { method: 'PATCH', key, body: { api_secret: app.api_secret } }, 400);
  const rotated = (await send(`${path}/keys/rotate`, { key, body: { keys: 'both' } }, 200)).body.app;
  publishable.set('the second app key', rotated.api_key);
  plant('the second app secret', rotated.api_secret);
  for (const each of [app.api_key, app.api_secret, rotated.api_secret]) await send('/v1/apps', { key: each }, 403);
  for (const read of [path, '/v1/apps', '/v1/audit-events?limit=200']) laterReads.push((await send(read, { key }, 200)).text);

  // A fault in the middle of a request that carries secrets, and a database that is away.
  server.state.before.set('updateApp', () => Promise.reject(new Error('a fault of ours')));
  await send(path, { method: 'PATCH', key, body: { email_credentials: more } }, 500);
  server.state.before.clear();
  server.state.away = true;
  await send(path, { method: 'PATCH', key, body: { email_credentials: more } }, 503);
  server.state.away = false;
  await send(path, { method: 'DELETE', key }, 200);
  await send('/v1/apps', { key: app.api_secret }, 401);
}

function keepSession(from: string, session: { access_token: string; refresh_token: string }): void {
  plant(`the refresh token of ${from}`, session.refresh_token);
  // The signature is what makes a token one; header and claims are no secret.
  plant(`the access token of ${from}`, session.access_token.split('.')[2] as string);
}

/** Which of the texts are in the haystack, as they are or encoded. */
function found(haystack: string, needles: Map<string, string>): string[] {
  return [...needles].flatMap(([what, text]) => {
    const bytes = Buffer.from(text);
    const forms = [text, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
    return forms.some((form) => haystack.includes(form)) ? [what] : [];
  });
}

/** Every row of every table as text. */
async function dump(): Promise<string> {
  const tables = await server.admin.query<{ name: string }>({
    text: `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  });
  const lines: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await server.admin.query<{ line: string }>({ text: `SELECT each::text AS line FROM public.${name} AS each` });
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return lines.join('\n');
}

describe('no secret is found after a whole life with many', () => {
  it('the search finds what it should: there are secrets of every kind, and it sees them in any encoding', () => {
    expect([...secrets.values()].every((text) => text.length >= 8)).toBe(true);
    expect(secrets.size).toBeGreaterThanOrEqual(20);
    const text = secrets.get('the password') as string;
    for (const form of [text, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64')]) {
      expect(found(`before ${form} after`, secrets)).toEqual(['the password']);
    }
  });

  it('not in a log line, nor an app key there', () => {
    const log = server.log.join('');
    expect(server.log.length).toBeGreaterThan(30);
    expect(found(log, secrets)).toEqual([]);
    expect(found(log, publishable)).toEqual([]);
  });

  it('not in any row of the database; only app keys, which are publishable, stand there in clear', async () => {
    const rows = await dump();
    expect(rows).toContain('com.example.canary');
    expect(found(rows, secrets)).toEqual([]);
    expect(found(rows, publishable)).toEqual(['the first app key', 'the second app key']);
    // The private part of a signing key is stored encrypted.
    expect(rows).not.toMatch(/"d"\s*:/);
  });

  it('not in a problem', () => {
    expect(problems.length).toBeGreaterThan(15);
    for (const { text, headers } of problems) {
      const whole = text + JSON.stringify([...headers]);
      expect([found(whole, secrets), found(whole, publishable)]).toEqual([[], []]);
    }
  });

  it('not in what can be read later: apps, lists, audit entries', () => {
    expect(laterReads).toHaveLength(3);
    for (const text of laterReads) expect(found(text, secrets)).toEqual([]);
    expect(found(laterReads[2] as string, publishable)).toEqual([]);
  });

  it('not in the metrics', async () => {
    const { text } = await call(server.url, '/metrics', { key: metricsToken });
    expect(text).toContain('http_requests_total');
    expect([found(text, secrets), found(text, publishable)]).toEqual([[], []]);
  });
});
