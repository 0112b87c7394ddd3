import type { App } from '@appstead/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Receiver, startReceiver } from '../../egress/testing/receiver.ts';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { readUrlContext, textLengthMax } from './url-context.ts';

type Page = { status?: number; type?: string; location?: string; body?: string | Buffer };

let server: Harness;
let web: Receiver;
let organization: Awaited<ReturnType<Harness['newOrganization']>>;
/** What the web answers, by path; 404 elsewhere. */
let pages: Record<string, Page>;
beforeAll(async () => {
  server = await startServer({ egressAllow: '127.0.0.1:*' });
  web = await startReceiver();
  server.jobs.work('url_context', (data, run) =>
    readUrlContext({ ...server, publicUrl: 'http://appstead.test', pageDeadlineMs: 1_500 }, data, run),
  );
  server.jobs.start();
});
afterAll(async () => {
  await web.close();
  await server.close();
});
beforeEach(async () => {
  organization = await server.newOrganization();
  pages = {};
  web.received.length = 0;
  web.state.answer = ({ url = '' }, response) => {
    const { status = 200, type = 'text/html', location, body = '' } = pages[url] ?? { status: 404 };
    response.writeHead(status, { 'content-type': type, ...(location ? { location } : {}) }).end(body);
  };
});
afterEach(() => server.admin.query({ text: 'DELETE FROM pgboss.job' }));

const get = async (id: string): Promise<App> => (await call(server.url, `/v1/apps/${id}`, { key: organization.organizationKey })).body.app;
const patch = (id: string, body: object) =>
  call(server.url, `/v1/apps/${id}`, { key: organization.organizationKey, method: 'PATCH', body });
const refresh = (id: string, key = organization.organizationKey) =>
  call(server.url, `/v1/apps/${id}/url-context/refresh`, { key, method: 'POST' });

/** An app with these URLs, once its pages were read for the first time. */
async function readApp(urls: Partial<Record<'website_url' | 'app_store_url' | 'play_store_url', string>>): Promise<App> {
  const { id } = await newApp(server.url, organization.organizationKey, urls);
  return settled(id);
}

async function settled(id: string): Promise<App> {
  return vi.waitFor(async () => {
    const app = await get(id);
    expect(app.url_context_fetched_at ?? app.url_context_error).not.toBeNull();
    return app;
  }, 10_000);
}

async function errorOf(path: string): Promise<string | null> {
  const app = await readApp({ website_url: web.url + path });
  expect([app.url_context, app.url_context_fetched_at]).toEqual([null, null]);
  return app.url_context_error;
}

describe('the url_context of an app', () => {
  it('is the readable text of its pages, read after it was created, without a new version', async () => {
    pages['/'] = {
      body: '<title>Acme</title><meta name="description" content="Tools &amp; more"><nav>Menu</nav><h1>Hello</h1><script>no()</script><p>A <b>fine</b> app',
    };
    pages['/play'] = { type: 'text/plain; charset=utf-8', body: 'Plain   text\r\n\r\n\r\n\r\nfrom the store\u0000' };
    const created = await call(server.url, '/v1/apps', {
      key: organization.organizationKey,
      body: { name: 'A', website_url: `${web.url}/`, play_store_url: `${web.url}/play` },
    });
    expect(created.body.app).toMatchObject({ url_context: null, url_context_fetched_at: null, url_context_error: null });
    const app = await settled(created.body.app.id);
    expect(app).toMatchObject({
      url_context: `Website (${web.url}/)\n\nAcme\n\nTools & more\n\nHello\n\nA fine app\n\nGoogle Play (${web.url}/play)\n\nPlain text\n\nfrom the store`,
      url_context_error: null,
      updated_at: created.body.app.updated_at,
    });
    const now = await call(server.url, `/v1/apps/${app.id}`, { key: organization.organizationKey });
    expect(now.headers.get('etag')).toBe(created.headers.get('etag'));
    expect(web.received[0]?.headers['user-agent']).toBe('AppsteadBot/1.0 (+http://appstead.test/guides/apps/)');
  });

  it('is read anew when a URL changes, gone until then, and gone for good when the last URL is cleared', async () => {
    pages['/one'] = { body: 'First' };
    pages['/two'] = { body: 'Second' };
    const { id } = await readApp({ website_url: `${web.url}/one` });
    const changed = await patch(id, { website_url: `${web.url}/two` });
    expect(changed.body.app).toMatchObject({ url_context: null, url_context_fetched_at: null });
    expect((await settled(id)).url_context).toBe(`Website (${web.url}/two)\n\nSecond`);
    const audit = await call(server.url, `/v1/audit-events?resource_id=${id}&limit=1`, { key: organization.organizationKey });
    expect(Object.keys(audit.body.audit_events[0].changes)).toEqual(['website_url']);
    expect((await patch(id, { website_url: null })).body.app).toMatchObject({
      url_context: null,
      url_context_fetched_at: null,
      url_context_error: null,
    });
    expect(await get(id)).toMatchObject({ url_context: null, url_context_fetched_at: null });
  });

  it('stays, and is not read again, when something else of the app changes', async () => {
    pages['/'] = { body: 'Text' };
    const { id, url_context } = await readApp({ website_url: `${web.url}/` });
    const before = web.received.length;
    expect((await patch(id, { name: 'Other', website_url: `${web.url}/` })).body.app.url_context).toBe(url_context);
    expect((await server.admin.query({ text: 'SELECT id FROM pgboss.job' })).rows).toEqual([]);
    expect(web.received).toHaveLength(before);
  });

  it('is not overwritten by a reading of URLs that have changed meanwhile', async () => {
    let release = () => {};
    const answer = web.state.answer;
    web.state.answer = (request, response) => {
      if (request.url !== '/slow') return answer(request, response);
      release = () => response.writeHead(200, { 'content-type': 'text/plain' }).end('Stale');
    };
    pages['/new'] = { body: 'New' };
    const { id } = await newApp(server.url, organization.organizationKey, { website_url: `${web.url}/slow` });
    await vi.waitFor(() => expect(web.received.map(({ url }) => url)).toContain('/slow'));
    await patch(id, { website_url: `${web.url}/new` });
    release();
    await vi.waitFor(async () => expect((await server.admin.query({ text: 'SELECT id FROM pgboss.job' })).rows).toEqual([]), 10_000);
    expect(await get(id)).toMatchObject({ url_context: `Website (${web.url}/new)\n\nNew`, url_context_error: null });
  });

  it('has at most 20,000 characters, shared by its pages', async () => {
    pages['/'] = { body: `<p>${'word '.repeat(40_000)}` };
    pages['/store'] = { type: 'text/plain', body: '😀'.repeat(60_000) };
    const { url_context } = await readApp({ website_url: `${web.url}/`, app_store_url: `${web.url}/store` });
    expect(url_context?.length).toBeGreaterThan(textLengthMax * 0.95);
    expect(url_context?.length).toBeLessThanOrEqual(textLengthMax);
    expect(url_context).toMatch(/word…\n\nApp Store \(.*\)\n\n😀+…$/u);
  });
});

describe('reading a page', () => {
  it('follows at most 3 redirects', async () => {
    for (const hop of [1, 2, 3]) pages[`/${hop}`] = { status: 302, location: `/${hop + 1}` };
    pages['/4'] = { body: 'There' };
    pages['/0'] = { status: 301, location: `${web.url}/1` };
    expect((await readApp({ website_url: `${web.url}/1` })).url_context).toContain('There');
    expect(await errorOf('/0')).toBe('website_url: The page redirects more than 3 times.');
  });

  it('tells nothing of an address that may not be called, also behind a redirect', async () => {
    const hostile = [
      ...['http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data/', 'http://[::1]/', 'http://localhost/', 'http://192.168.1.1:8080/'],
      ...['http://2852039166/', 'file:///etc/passwd', 'http://user:password@127.0.0.1/', 'http://0.0.0.0/', 'http://[fd00:ec2::254]/'],
    ];
    const errors = new Set<string | null>();
    for (const [index, location] of hostile.entries()) {
      pages[`/${index}`] = { status: 302, location };
      errors.add(await errorOf(`/${index}`));
    }
    expect([...errors]).toEqual(['website_url: The host has no address that may be called.']);
    const log = server.log.join('');
    expect(log).toContain('a job failed and is tried again');
  });

  it('keeps to the robots.txt of the host, for itself and for everybody, also behind a redirect', async () => {
    pages['/robots.txt'] = {
      type: 'text/plain',
      body: 'User-agent: *\nDisallow: /all\n\nUser-agent: AppsteadBot\nDisallow: /ours\nAllow: /ours/but',
    };
    pages['/away'] = { status: 302, location: '/ours' };
    for (const path of ['/all', '/ours', '/ours/but']) pages[path] = { body: 'Text' };
    const refused = 'website_url: The robots.txt of the host does not let AppsteadBot read the page.';
    expect(await errorOf('/ours')).toBe(refused);
    expect(await errorOf('/away')).toBe(refused);
    expect((await readApp({ website_url: `${web.url}/ours/but` })).url_context).toContain('Text');
    // A group of its own replaces that of everybody (RFC 9309 2.2.1).
    expect((await readApp({ website_url: `${web.url}/all` })).url_context).toContain('Text');
    expect(web.received.map(({ url }) => url)).not.toContain('/ours');
  });

  it('waits when the robots.txt cannot be read, and reads when there is none', async () => {
    pages['/robots.txt'] = { status: 503 };
    pages['/'] = { body: 'Text' };
    const { id, url_context_error } = await readApp({ website_url: `${web.url}/` });
    expect(url_context_error).toBe('website_url: The robots.txt of the host cannot be read at the moment.');
    delete pages['/robots.txt'];
    await server.admin.query({ text: 'UPDATE pgboss.job SET start_after = now()' });
    await vi.waitFor(async () => expect(await get(id)).toMatchObject({ url_context_error: null }), 10_000);
  });

  it.each([
    ['a page that is not there', { status: 404 }, 'The page answers 404.'],
    ['what is no text', { type: 'image/png', body: 'PNG' }, 'The page is neither HTML nor plain text.'],
    ['an answer without a type', { type: '', body: 'what is it' }, 'The page is neither HTML nor plain text.'],
    ['a page without text', { body: '<script>render()</script><div id=root></div>' }, 'The page has no text that could be read.'],
    ['a page made to keep a parser busy', { body: '<i>'.repeat(330_000) }, 'The page is too complicated to be read.'],
  ])('says so of %s, and does not try again', async (_, page, message) => {
    pages['/'] = page;
    expect(await errorOf('/')).toBe(`website_url: ${message}`);
    await vi.waitFor(async () => expect((await server.admin.query({ text: 'SELECT id FROM pgboss.job' })).rows).toEqual([]));
  });

  it('says so of a page that fails or does not come in time, keeps the earlier text, and tries again', async () => {
    pages['/'] = { body: 'Good' };
    const { id, url_context, url_context_fetched_at } = await readApp({ website_url: `${web.url}/` });
    pages['/'] = { status: 502 };
    await refresh(id);
    const kept = { url_context, url_context_fetched_at };
    await vi.waitFor(
      async () => expect(await get(id)).toMatchObject({ ...kept, url_context_error: 'website_url: The page answers 502.' }),
      10_000,
    );
    const answer = web.state.answer;
    web.state.answer = () => undefined;
    await server.admin.query({ text: 'UPDATE pgboss.job SET start_after = now()' });
    const late = { ...kept, url_context_error: 'website_url: There was no complete answer in time.' };
    await vi.waitFor(async () => expect(await get(id)).toMatchObject(late), 10_000);
    web.state.answer = answer;
    pages['/'] = { body: 'Better' };
    await server.admin.query({ text: 'UPDATE pgboss.job SET start_after = now()' });
    await vi.waitFor(
      async () => expect(await get(id)).toMatchObject({ url_context: expect.stringContaining('Better'), url_context_error: null }),
      10_000,
    );
  });

  it('takes the beginning of a page that is too large', async () => {
    pages['/'] = { body: `<p>Start</p><!--${'x'.repeat(2_000_000)}--><p>End</p>` };
    const { url_context } = await readApp({ website_url: `${web.url}/` });
    expect(url_context).toContain('Start');
    expect(url_context).not.toContain('End');
  });

  it.each([
    ['the Content-Type', 'text/html; charset=windows-1251', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), 'Привет'],
    ['the document', 'text/html', Buffer.from('<meta charset="shift_jis"><p>\x93\xfa\x96\x7b', 'latin1'), '日本'],
    ['a byte order mark', 'text/plain; charset=iso-8859-1', Buffer.from('\ufeffZoë', 'utf16le'), 'Zoë'],
    ['nothing', 'text/html; charset=nonsense', Buffer.from('naïve'), 'naïve'],
  ])('knows its encoding from %s', async (_, type, body, expected) => {
    pages['/'] = { type, body };
    expect((await readApp({ website_url: `${web.url}/` })).url_context).toBe(`Website (${web.url}/)\n\n${expected}`);
  });
});

describe('refreshUrlContext', () => {
  it('202 has the pages read again and is in the audit trail', async () => {
    pages['/'] = { body: 'Before' };
    const { id } = await readApp({ website_url: `${web.url}/` });
    pages['/'] = { body: 'After' };
    const answer = await refresh(id);
    expect([answer.status, answer.body.app.url_context]).toEqual([202, `Website (${web.url}/)\n\nBefore`]);
    await vi.waitFor(async () => expect((await get(id)).url_context).toContain('After'), 10_000);
    const audit = await call(server.url, `/v1/audit-events?resource_id=${id}&limit=1`, { key: organization.organizationKey });
    expect(audit.body.audit_events[0]).toMatchObject({ action: 'app.url_context_requested', changes: {} });
  });

  it('sends one job for a repeated Idempotency-Key', async () => {
    const { id } = await newApp(server.url, organization.organizationKey, { website_url: `${web.url}/` });
    const before = await server.admin.query<{ n: number }>({
      text: 'SELECT count(*) AS n FROM audit_events WHERE resource_id = $1',
      values: [id],
    });
    const once = () =>
      call(server.url, `/v1/apps/${id}/url-context/refresh`, {
        key: organization.organizationKey,
        method: 'POST',
        headers: { 'Idempotency-Key': 'once' },
      });
    expect([(await once()).status, (await once()).status]).toEqual([202, 202]);
    const after = await server.admin.query<{ n: number }>({
      text: 'SELECT count(*) AS n FROM audit_events WHERE resource_id = $1',
      values: [id],
    });
    expect(Number(after.rows[0]?.n) - Number(before.rows[0]?.n)).toBe(1);
  });

  it('409 app_urls_missing without a URL, and 404 for the app of another organization', async () => {
    const { id } = await newApp(server.url, organization.organizationKey);
    expect((await refresh(id)).body).toMatchObject({ status: 409, code: 'app_urls_missing' });
    const stranger = await server.newOrganization();
    expect((await refresh(id, stranger.organizationKey)).body).toMatchObject({ status: 404, code: 'app_not_found' });
  });
});
