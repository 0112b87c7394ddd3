import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, expectProblem } from '../../testing/call.ts';
import { password } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const quarterHourMs = 15 * 60 * 1000;
const stranger = () => `${crypto.randomUUID()}@example.com`;
const signIn = (email: string, secret: string) => call(server.url, '/v1/auth/login', { body: { email, password: secret } });

/** An answer without what is different each time. */
const shape = ({ status, headers, body }: Answer) => {
  const shown = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  const timeless = JSON.stringify([status, shown, { ...body, request_id: '' }]).replaceAll(/\d+ seconds|t=\d+|"retry-after","\d+"/g, '…');
  return timeless.replaceAll(/sign-in\\";r=\d+/g, 'sign-in\\";r=…');
};

// The server's clock stands at the start of a window, so that no window ends in the middle of a test, and in another one for each test.
let windows = 0;
function enterNewWindow(): void {
  windows += 1;
  const now = Date.now();
  server.state.offsetMs = (Math.ceil(now / quarterHourMs) + windows) * quarterHourMs - now;
}

describe('signIn', () => {
  it('answers a wrong password and an unknown address alike, and both in the same time', async () => {
    enterNewWindow();
    const { ownerEmail } = await server.newOrganization();
    expect(shape(await signIn(ownerEmail, 'wrong'))).toBe(shape(await signIn(stranger(), 'wrong')));
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let n = 0; n < 9; n++) {
      for (const [kind, email] of [
        ['known', ownerEmail],
        ['unknown', stranger()],
      ] as const) {
        const before = performance.now();
        expect((await signIn(email, 'wrong')).status).toBe(401);
        times[kind].push(performance.now() - before);
      }
    }
    const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio, `known ${median(times.known)} ms, unknown ${median(times.unknown)} ms`).toBeGreaterThan(0.5);
    expect(ratio, `known ${median(times.known)} ms, unknown ${median(times.unknown)} ms`).toBeLessThan(2);
  });

  it('429 after 10 failed tries for one account, right password or not, whatever the case of the address; and again in the next window', async () => {
    enterNewWindow();
    const { ownerEmail } = await server.newOrganization();
    for (let n = 0; n < 10; n++) expectProblem(await signIn(ownerEmail, 'wrong'), 401, 'invalid_sign_in');
    const limited = await signIn(ownerEmail.toUpperCase(), password);
    expectProblem(limited, 429, 'rate_limited');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('ratelimit-policy')).toBe('"sign-in";q=30;w=300, "sign-in-account";q=10;w=900');
    enterNewWindow();
    expect((await signIn(ownerEmail, password)).status).toBe(200);
  });

  it('limits an unknown address in the same way, with the same answers', async () => {
    enterNewWindow();
    const { ownerEmail } = await server.newOrganization();
    const unknown = stranger();
    for (let n = 0; n < 12; n++) {
      expect([n, shape(await signIn(unknown, 'wrong'))]).toEqual([n, shape(await signIn(ownerEmail, 'wrong'))]);
    }
    expectProblem(await signIn(unknown, 'wrong'), 429, 'rate_limited');
  });

  it('lets no more than 10 guesses through when they come at the same moment', async () => {
    enterNewWindow();
    const { ownerEmail } = await server.newOrganization();
    const statuses = (await Promise.all(Array.from({ length: 14 }, () => signIn(ownerEmail, 'wrong')))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  it('counts failed tries only: who signs in often is not locked out', async () => {
    enterNewWindow();
    const { ownerEmail } = await server.newOrganization();
    for (let n = 0; n < 12; n++) expect((await signIn(ownerEmail, password)).status).toBe(200);
  });

  it('keeps no address of a try in clear where tries are counted', async () => {
    enterNewWindow();
    const email = stranger();
    await signIn(email, 'wrong');
    const { rows } = await server.admin.query<{ bucket: string }>({ text: 'SELECT bucket FROM rate_limits' });
    expect(rows.some(({ bucket }) => bucket.startsWith('sign-in-account:'))).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(email);
  });
});
