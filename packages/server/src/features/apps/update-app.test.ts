import type { App } from '@appstead/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organizationId: string;
let key: string;
beforeAll(async () => {
  server = await startServer();
  ({ id: organizationId, organizationKey: key } = await server.newOrganization());
});
afterAll(() => server.close());

const change = (id: string, body: object, headers: Record<string, string> = {}, by = key) =>
  call(server.url, `/v1/apps/${id}`, { method: 'PATCH', key: by, body, headers });
const read = async (id: string): Promise<App> => (await call(server.url, `/v1/apps/${id}`, { key })).body.app;
const changesOf = async (id: string) =>
  (await call(server.url, `/v1/audit-events?resource_id=${id}&action=app.updated&limit=1`, { key })).body.audit_events[0].changes;

const everything = {
  description: 'All of it',
  website_url: 'https://example.com/a',
  app_store_url: 'https://apps.apple.com/app/id1',
  play_store_url: 'https://play.google.com/store/apps/details?id=a.b',
  authorized_domains: ['example.com'],
  data_retention_days: 90,
  timezone: 'Europe/Berlin',
  features: { push: true },
  engagement_platform: 'wonderpush',
  engagement_credentials: { access_token: 'a-long-enough-token-1234' },
  email_platform: 'brevo',
  email_credentials: { api_key: 'another-long-enough-key-5678' },
  webhook_enabled: true,
  webhook_url: 'https://hooks.example.com/in',
  webhook_use_query_params: true,
  context_info: 'Sells shoes',
};

describe('updateApp', () => {
  it('200 changes what is sent and leaves alone what is absent', async () => {
    const app = await newApp(server.url, key, everything);
    const before = await read(app.id);
    server.state.offsetMs += 60_000;
    const changed = await change(app.id, { name: 'Renamed', status: 'inactive', environment: 'development' });
    expect(changed.status).toBe(200);
    const expected = {
      ...before,
      name: 'Renamed',
      status: 'inactive',
      environment: 'development',
      updated_at: changed.body.app.updated_at,
    };
    expect(changed.body).toEqual({ success: true, app: expected });
    expect(Date.parse(changed.body.app.updated_at) - Date.parse(before.updated_at)).toBeGreaterThanOrEqual(60_000);
    expect(await read(app.id)).toEqual(expected);
  });

  it('200 clears with null every field that can be null', async () => {
    const app = await newApp(server.url, key, everything);
    const nullable = ['description', 'website_url', 'app_store_url', 'play_store_url', 'context_info', 'webhook_url'];
    const all = [...nullable, 'engagement_credentials', 'email_credentials'];
    const cleared = await change(app.id, { ...Object.fromEntries(all.map((field) => [field, null])), webhook_enabled: false });
    expect(cleared.status).toBe(200);
    for (const field of all) expect([field, cleared.body.app[field]]).toEqual([field, null]);
    expect(await read(app.id)).toEqual(cleared.body.app);
  });

  it('200 merges features flag by flag', async () => {
    const app = await newApp(server.url, key, { features: { push: true, audiences: true } });
    const changed = await change(app.id, { features: { push: false, ai_insights: true } });
    expect(changed.body.app.features).toEqual({ push: false, analytics: true, audiences: true, ai_insights: true });
    expect((await change(app.id, { features: {} })).body.app.features).toEqual(changed.body.app.features);
  });

  it('200 stores zones and domains in their one form', async () => {
    const app = await newApp(server.url, key);
    const changed = await change(app.id, {
      timezone: 'asia/kolkata',
      authorized_domains: ['BÜCHER.example', '*.Example.com', '*.example.com'],
    });
    expect(changed.body.app).toMatchObject({ timezone: 'Asia/Kolkata', authorized_domains: ['xn--bcher-kva.example', '*.example.com'] });
    expect((await change(app.id, { authorized_domains: [] })).body.app.authorized_domains).toEqual([]);
  });

  it('200 counts the version up, and If-Match takes the current one, a list with it, or any', async () => {
    const app = await newApp(server.url, key);
    const matching = ['"1"', '"7", "2"', '*', '"4" , W/"4"'];
    for (const [index, tag] of matching.entries()) {
      const changed = await change(app.id, { name: `name ${index}` }, { 'If-Match': tag });
      expect([tag, changed.status, changed.headers.get('etag')]).toEqual([tag, 200, `"${index + 2}"`]);
    }
  });

  it('412 precondition_failed for all but one of ten who change the same version at once, and nothing of theirs is kept', async () => {
    const app = await newApp(server.url, key);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => change(app.id, { name: `writer ${index}` }, { 'If-Match': '"1"' })),
    );
    const [won, ...others] = answers.sort((one, other) => one.status - other.status);
    expect(won?.status).toBe(200);
    for (const lost of others) expectProblem(lost, 412, 'precondition_failed');
    expect((await read(app.id)).name).toBe(won?.body.app.name);
  });

  it('changes of different fields at once are all kept', async () => {
    const app = await newApp(server.url, key);
    const fields = { name: 'Together', description: 'at once', data_retention_days: 31, context_info: 'many', status: 'inactive' };
    const answers = await Promise.all(Object.entries(fields).map(([field, value]) => change(app.id, { [field]: value })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await read(app.id)).toMatchObject(fields);
  });

  it('409 webhook_url_missing when a webhook would be left enabled without a URL, and nothing changes', async () => {
    const app = await newApp(server.url, key, { webhook_url: 'https://hooks.example.com/in' });
    expect((await change(app.id, { webhook_enabled: true })).status).toBe(200);
    const before = await read(app.id);
    expectProblem(await change(app.id, { webhook_url: null, name: 'lost' }), 409, 'webhook_url_missing');
    expect(await read(app.id)).toEqual(before);
    expect((await change(app.id, { webhook_url: null, webhook_enabled: false })).status).toBe(200);
    expectProblem(await change(app.id, { webhook_enabled: true }), 409, 'webhook_url_missing');
    expect((await change(app.id, { webhook_enabled: true, webhook_url: 'https://hooks.example.com/new' })).status).toBe(200);
  });

  it('the audit entry names the changed fields before and after, and only those', async () => {
    const app = await newApp(server.url, key, { description: 'old' });
    await change(app.id, { name: 'New name', description: null, data_retention_days: 365 });
    expect(await changesOf(app.id)).toEqual({
      name: { before: 'An app', after: 'New name' },
      description: { before: 'old', after: null },
    });
  });

  it('200 keeps credentials readable, however the id of the app was written', async () => {
    const app = await newApp(server.url, key);
    const changed = await change(app.id.toUpperCase(), { email_credentials: { token: 'a-long-enough-token-1234' } });
    expect(changed.body.app?.email_credentials).toEqual({ token: '…1234' });
    expect((await change(app.id, { name: 'Other' })).body.app?.email_credentials).toEqual({ token: '…1234' });
  });

  it('the audit entry says that credentials changed and never what they are, even when they look alike masked', async () => {
    const app = await newApp(server.url, key, { engagement_credentials: { token: 'short-1' }, email_credentials: { token: 'stays' } });
    const changed = await change(app.id, { engagement_credentials: { token: 'short-2' } });
    expect(changed.body.app.engagement_credentials).toEqual({ token: '…' });
    expect(await changesOf(app.id)).toEqual({ engagement_credentials: { before: '[redacted]', after: '[redacted]' } });
    await change(app.id, { engagement_credentials: null });
    expect(await changesOf(app.id)).toEqual({ engagement_credentials: { before: '[redacted]', after: null } });
  });

  it('403 for members and for API keys that may only read', async () => {
    const { id } = await newApp(server.url, key);
    const member = await server.newUser(organizationId, 'member');
    expectProblem(await change(id, { name: 'no' }, {}, member.session), 403, 'insufficient_role');
    const reader = await server.newApiKey(organizationId, { scopes: ['apps:read'] });
    expectProblem(await change(id, { name: 'no' }, {}, reader), 403, 'insufficient_scope');
    const writer = await server.newApiKey(organizationId, { scopes: ['apps:write'] });
    expect((await change(id, { name: 'yes' }, {}, writer)).status).toBe(200);
  });
});
