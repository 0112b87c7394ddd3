import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { password } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { announcedMs, rotationMs } from './signing-keys.ts';

const minuteMs = 60 * 1000;

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
// Each test begins with one key, a minute younger than the age at which it gets a successor.
beforeEach(async () => {
  await server.newSigningKeys().prepare();
  server.state.offsetMs += rotationMs + minuteMs;
  await server.signingKeys.rotate();
  server.state.offsetMs += rotationMs - minuteMs;
  await server.signingKeys.removeEnded();
});

const publishedKids = async (): Promise<string[]> =>
  (await call(server.url, '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
const signIn = async (email: string) => (await call(server.url, '/v1/auth/login', { body: { email, password } })).body.session;
const kidOf = (accessToken: string) => decodeProtectedHeader(accessToken).kid;

describe('signing keys', () => {
  it('are published as a key set that any library verifies an access token with, without the private part', async () => {
    const { ownerId, session } = await server.newOrganization();
    const { body } = await call(server.url, '/.well-known/jwks.json');
    const expected = { issuer: 'http://appstead.test', audience: 'appstead', currentDate: server.now() };
    expect((await jwtVerify(session, createLocalJWKSet(body), expected)).payload.sub).toBe(ownerId);
    expect(body.keys.map((key: object) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']]);
  });

  it('get a successor only when they are 90 days old; it is published at once and signs ten minutes later', async () => {
    const { ownerEmail } = await server.newOrganization();
    const [first] = await publishedKids();
    expect(await server.signingKeys.rotate()).toBe(false);
    server.state.offsetMs += minuteMs;
    expect(await server.signingKeys.rotate()).toBe(true);
    expect(await server.signingKeys.rotate()).toBe(false);
    const kids = await publishedKids();
    expect(kids).toEqual([first, expect.any(String)]);
    server.state.offsetMs += announcedMs - minuteMs;
    expect(kidOf((await signIn(ownerEmail)).access_token)).toBe(first);
    server.state.offsetMs += 2 * minuteMs;
    expect(kidOf((await signIn(ownerEmail)).access_token)).toBe(kids[1]);
  });

  it('sign nobody out when they retire: what they signed is good to its end, and they are published as long', async () => {
    const { ownerEmail } = await server.newOrganization();
    server.state.offsetMs += minuteMs;
    await server.signingKeys.rotate();
    const [first, second] = await publishedKids();
    server.state.offsetMs += announcedMs - minuteMs;
    const old = await signIn(ownerEmail);
    expect(kidOf(old.access_token)).toBe(first);
    server.state.offsetMs += 14 * minuteMs;
    expect(await server.signingKeys.removeEnded()).toBe(0);
    expect(await publishedKids()).toEqual([first, second]);
    expect((await call(server.url, '/v1/apps', { key: old.access_token })).status).toBe(200);
    server.state.offsetMs += 4 * minuteMs;
    expect(await publishedKids()).toEqual([second]);
    expect(await server.signingKeys.removeEnded()).toBe(1);
    const renewed = await call(server.url, '/v1/auth/refresh', { body: { refresh_token: old.refresh_token } });
    expect(kidOf(renewed.body.session.access_token)).toBe(second);
  });

  it('are one when several processes make the first, or the next, at the same moment', async () => {
    const processes = () => Array.from({ length: 6 }, () => server.newSigningKeys());
    await server.admin.query({ text: 'DELETE FROM signing_keys' });
    await Promise.all(processes().map((keys) => keys.prepare()));
    expect(await publishedKids()).toHaveLength(1);
    server.state.offsetMs += rotationMs;
    const rotated = await Promise.all(processes().map((keys) => keys.rotate()));
    expect(rotated.filter(Boolean)).toHaveLength(1);
    expect(await publishedKids()).toHaveLength(2);
  });

  it('that another process made are known before they sign', async () => {
    const { ownerEmail } = await server.newOrganization();
    await signIn(ownerEmail);
    server.state.offsetMs += minuteMs;
    await server.signingKeys.rotate();
    const [, second] = await publishedKids();
    server.state.offsetMs += announcedMs + minuteMs;
    expect(kidOf((await signIn(ownerEmail)).access_token)).toBe(second);
  });
});
