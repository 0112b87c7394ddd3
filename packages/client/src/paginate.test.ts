import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import { paginate } from './paginate.ts';
import { pageOf } from './testing/answers.ts';
import { problem, reply, startScriptedServer } from './testing/scripted-server.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('paginate', () => {
  it('gives the items of all pages in order, pages without items included', async () => {
    const pages = fc.array(fc.array(fc.string(), { maxLength: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(pages, async (names) => {
        const script = names.map((each, index) => reply(200, pageOf(each, index === names.length - 1 ? null : `c${index + 1}`)));
        const { baseUrl, received } = await startScriptedServer(...script);
        const apps = await collect(paginate(createClient({ baseUrl }), '/v1/apps'));
        expect(apps.map(({ name }) => name)).toEqual(names.flat());
        expect(received.map(({ url }) => url)).toEqual(names.map((_, index) => (index === 0 ? '/v1/apps' : `/v1/apps?cursor=c${index}`)));
      }),
      { numRuns: 25 },
    );
  });

  it('sends filters, headers and limit with every page, and begins at a given cursor', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(200, pageOf(['one'], 'c2')), reply(200, pageOf(['two'])));
    const query = { platform: 'apple', limit: 1, cursor: 'c1' } as const;
    await collect(paginate(createClient({ baseUrl }), '/v1/apps', { params: { query }, headers: { 'X-Trace': 't1' } }));
    expect(received.map(({ url, headers }) => `${url} ${headers['x-trace']}`)).toEqual([
      '/v1/apps?platform=apple&limit=1&cursor=c1 t1',
      '/v1/apps?platform=apple&limit=1&cursor=c2 t1',
    ]);
  });

  it('gives whole pages as well', async () => {
    const { baseUrl } = await startScriptedServer(reply(200, pageOf(['one', 'two'], 'c1')), reply(200, pageOf([])));
    const pages = await collect(paginate(createClient({ baseUrl }), '/v1/apps').pages());
    expect(pages.map(({ apps, meta }) => [apps.length, meta.has_more])).toEqual([
      [2, true],
      [0, false],
    ]);
  });

  it('finds the list whatever it is called', async () => {
    const events = [{ id: '01939f5c-9b21-7e77-9c3b-85eaf3041526', action: 'app.updated' }];
    const meta = { has_more: false, cursor: null };
    const { baseUrl } = await startScriptedServer(reply(200, { success: true, audit_events: events, meta }));
    const found = await collect(paginate(createClient({ baseUrl }), '/v1/audit-events'));
    expect(found.map(({ action }) => action)).toEqual(['app.updated']);
  });

  it('asks for no page beyond the one the caller stops in', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(200, pageOf(['one'], 'c1')), reply(200, pageOf(['two'])));
    for await (const { name } of paginate(createClient({ baseUrl }), '/v1/apps')) if (name === 'one') break;
    expect(received).toHaveLength(1);
  });

  it('begins anew with every iteration', async () => {
    const { baseUrl } = await startScriptedServer(reply(200, pageOf(['one'])), reply(200, pageOf(['one', 'two'])));
    const apps = paginate(createClient({ baseUrl }), '/v1/apps');
    expect(await collect(apps)).toHaveLength(1);
    expect(await collect(apps)).toHaveLength(2);
  });

  it('throws a ProblemError at the page that answers a problem, after the items before', async () => {
    const { baseUrl } = await startScriptedServer(reply(200, pageOf(['one'], 'c1')), reply(400, problem('invalid_cursor', 400)));
    const seen: string[] = [];
    const walk = async () => {
      for await (const { name } of paginate(createClient({ baseUrl }), '/v1/apps')) seen.push(name);
    };
    await expect(walk()).rejects.toMatchObject({ name: 'ProblemError', code: 'invalid_cursor' });
    expect(seen).toEqual(['one']);
  });
});
