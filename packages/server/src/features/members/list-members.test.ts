import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('listMembers', () => {
  it('200 lists the people of the organization in the order they joined, page by page, and nobody else', async () => {
    const { id, ownerId, session } = await server.newOrganization();
    await server.newUser((await server.newOrganization()).id, 'member');
    const joined = [ownerId];
    for (const role of ['developer', 'member', 'admin'] as const) joined.push((await server.newUser(id, role)).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await call(server.url, `/v1/members?limit=2${cursor && `&cursor=${cursor}`}`, { key: session });
      seen.push(...page.body.members.map(({ id: member }: { id: string }) => member));
      cursor = page.body.meta.cursor;
    }
    expect(seen).toEqual(joined);
  });

  it('lists one role when asked, and nobody who left', async () => {
    const { id, session } = await server.newOrganization();
    const [one, two] = [await server.newUser(id, 'member'), await server.newUser(id, 'member')];
    await call(server.url, `/v1/members/${one.id}`, { key: session, method: 'DELETE' });
    const { body } = await call(server.url, '/v1/members?role=member', { key: session });
    expect(body.members).toEqual([expect.objectContaining({ id: two.id, email: two.email, role: 'member' })]);
  });

  it('403 for developers and for keys', async () => {
    const { id, organizationKey } = await server.newOrganization();
    expectProblem(
      await call(server.url, '/v1/members', { key: (await server.newUser(id, 'developer')).session }),
      403,
      'insufficient_role',
    );
    expectProblem(await call(server.url, '/v1/members', { key: organizationKey }), 403, 'not_allowed');
  });
});
