import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@appstead/client';
import { HttpResponse } from 'msw';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createConsumer } from './create-consumer.ts';
import { appstead, appsteadUrl, exampleApp, exampleProblem, mockAppstead, problemType } from './testing/mock-appstead.ts';

const mocks = mockAppstead();

/** The address of the service, which runs until the test is over. */
async function startConsumer(): Promise<string> {
  const client = createClient({ baseUrl: appsteadUrl, apiKey: 'apps_1V8xT0mQe5YhB7rWc2LpZ9sKd4N1VdG5k', retries: 0 });
  const server = createConsumer(client);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function submit(address: string, name: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${address}/apps`, { method: 'POST', body: new URLSearchParams({ name }), redirect: 'manual', headers });
}

describe('GET /', () => {
  it('shows the apps of all pages', async () => {
    mocks.use(
      appstead.get('/v1/apps', ({ query, response }) => {
        const cursor = query.get('cursor');
        const apps = [exampleApp({ name: cursor ? 'Second' : 'First' })];
        return response(200).json({ success: true, apps, meta: { has_more: !cursor, cursor: cursor ? null : 'abc' } });
      }),
    );
    const page = await fetch(await startConsumer());
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/<li>First \(web, production\)<\/li><li>Second \(web, production\)<\/li>/);
  });

  it('escapes what comes from outside', async () => {
    const apps = [exampleApp({ name: `<script>alert("x")</script> & 'y'` })];
    mocks.use(
      appstead.get('/v1/apps', ({ response }) => response(200).json({ success: true, apps, meta: { has_more: false, cursor: null } })),
    );
    const html = await (await fetch(await startConsumer())).text();
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;');
    expect(html).not.toContain('<script>');
  });

  it('says so when Appstead does not answer', async () => {
    mocks.use(appstead.get('/v1/apps', () => HttpResponse.error()));
    const page = await fetch(await startConsumer());
    expect(page.status).toBe(502);
    expect(await page.text()).toContain('Appstead does not answer');
  });

  it('names the request but no reason when the key is disabled, which no visitor can mend', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    mocks.use(appstead.get('/v1/apps', ({ response }) => response(403).json(exampleProblem('Forbidden'), problemType)));
    const page = await fetch(await startConsumer());
    expect(page.status).toBe(502);
    expect(await page.text()).toContain('request 01939f5c-9b21-7000-8000-000000000001');
    expect(log).toHaveBeenCalledWith('API key disabled (403 key_disabled, request 01939f5c-9b21-7000-8000-000000000001)');
  });
});

describe('POST /apps', () => {
  it('creates the app with the key and an Idempotency-Key, and goes back to the list', async () => {
    const sent: unknown[] = [];
    mocks.use(
      appstead.post('/v1/apps', async ({ request, response }) => {
        sent.push(await request.json(), request.headers.get('X-API-Key'), request.headers.has('Idempotency-Key'));
        return response(201).json({ success: true, app: exampleApp({ name: 'Shop' }) });
      }),
    );
    const answer = await submit(await startConsumer(), 'Shop');
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/']);
    expect(sent).toEqual([{ name: 'Shop' }, 'apps_1V8xT0mQe5YhB7rWc2LpZ9sKd4N1VdG5k', true]);
  });

  it('shows the words of Appstead when the name will not do', async () => {
    mocks.use(appstead.post('/v1/apps', ({ response }) => response(400).json(exampleProblem('BadRequest'), problemType)));
    const page = await submit(await startConsumer(), '');
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('App name is required and must be 1-100 characters');
  });

  it('refuses the form of another site', async () => {
    expect((await submit(await startConsumer(), 'Shop', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });
});

it('outlives a visitor who leaves half-way through the form', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const address = await startConsumer();
  const form = request(`${address}/apps`, { method: 'POST', headers: { 'Content-Length': 100 } });
  form.on('error', () => {});
  form.write('name=Sh', () => form.destroy());
  await vi.waitFor(() => expect(log).toHaveBeenCalled());
  expect((await fetch(`${address}/nothing`)).status).toBe(404);
});

it('answers 404 to anything else', async () => {
  expect((await fetch(`${await startConsumer()}/nothing`)).status).toBe(404);
});
