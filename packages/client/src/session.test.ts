import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import type { SessionStart } from './session.ts';
import { signIn } from './sign-in.ts';
import { appCreated, pageOf } from './testing/answers.ts';
import { sessionServer } from './testing/session-server.ts';

const person = { email: 'ada@example.com', password: 'correct horse battery staple' };
const kept = { access_token: 'kept', refresh_token: 'rt_kept', expires_at: '2026-11-21T09:45:00.000Z' };

function connect(session: SessionStart, onSession?: (session: { access_token: string }) => void | Promise<void>) {
  const server = sessionServer(pageOf(['one']), appCreated);
  const client = createClient({ baseUrl: 'https://appstead.test', session, fetch: server.fetch, ...(onSession ? { onSession } : {}) });
  return { server, client };
}

describe('a client with a session', () => {
  it('signs in when it is first used, once for many calls at a time', async () => {
    const { server, client } = connect(person);
    expect(server.received).toEqual([]);
    const answers = await Promise.all([client.GET('/v1/apps'), client.GET('/v1/apps'), client.GET('/v1/apps')]);
    expect(answers.map(({ data }) => data?.success)).toEqual([true, true, true]);
    expect(server.received).toEqual(['POST /v1/auth/login', ...Array(3).fill('GET /v1/apps token-1')]);
  });

  it('goes on with a session that was kept, and renews it when the server says that its token is over', async () => {
    const { server, client } = connect(kept);
    server.accept('kept');
    await client.GET('/v1/apps');
    server.end('kept');
    expect((await client.GET('/v1/apps')).data?.success).toBe(true);
    expect(server.received).toEqual(['GET /v1/apps kept', 'GET /v1/apps kept', 'POST /v1/auth/refresh rt_kept', 'GET /v1/apps token-1']);
  });

  it('renews it once for many calls at a time, and sends each of them again', async () => {
    const { server, client } = connect(kept);
    const calls = Array.from({ length: 8 }, (_, index) =>
      index % 2 ? client.GET('/v1/apps') : client.POST('/v1/apps', { body: { name: `App ${index}` } }),
    );
    expect((await Promise.all(calls)).map(({ response }) => response.status)).toEqual(Array(8).fill([201, 200]).flat().slice(0, 8));
    expect(server.received.filter((line) => line.includes('/auth/'))).toEqual(['POST /v1/auth/refresh rt_kept']);
    expect(server.received.filter((line) => line.endsWith(' token-1'))).toHaveLength(8);
    expect(server.bodies.filter((body) => body.includes('App 0'))).toHaveLength(2);
  });

  it('sends a refused call again only once', async () => {
    const { server, client } = connect(kept);
    server.refuseEverything();
    const { error } = await client.GET('/v1/apps');
    expect(error?.code).toBe('invalid_credential');
    expect(server.received).toEqual(['GET /v1/apps kept', 'POST /v1/auth/refresh rt_kept', 'GET /v1/apps token-1']);
  });

  it('takes a session that cannot be renewed as over: each call answers that problem, and none asks again', async () => {
    const { server, client } = connect(kept);
    server.endSession();
    const answers = await Promise.all([client.GET('/v1/apps'), client.GET('/v1/apps')]);
    answers.push(await client.GET('/v1/apps'));
    expect(answers.map(({ error }) => error?.code)).toEqual(Array(3).fill('invalid_refresh_token'));
    expect(answers[0]?.response.status).toBe(401);
    expect(server.received.filter((line) => line.includes('/auth/'))).toHaveLength(1);
  });

  it('signs in anew where it knows how', async () => {
    const { server, client } = connect(person);
    await client.GET('/v1/apps');
    server.end('token-1');
    server.endSession();
    expect((await client.GET('/v1/apps')).data?.success).toBe(true);
    expect(server.received.slice(2)).toEqual([
      'GET /v1/apps token-1',
      'POST /v1/auth/refresh refresh-1',
      'POST /v1/auth/login',
      'GET /v1/apps token-2',
    ]);
  });

  it('answers the problem of a sign-in that is refused', async () => {
    const { server, client } = connect({ ...person, password: 'wrong' });
    const { error } = await client.GET('/v1/apps');
    expect(error?.code).toBe('invalid_sign_in');
    expect(server.received).toEqual(['POST /v1/auth/login']);
  });

  it('tells every new pair of tokens before it is used', async () => {
    const told: string[] = [];
    const { server, client } = connect(person, async ({ access_token }) => {
      await Promise.resolve();
      told.push(`${access_token} after ${server.received.length}`);
    });
    await client.GET('/v1/apps');
    server.end('token-1');
    await client.GET('/v1/apps');
    expect(told).toEqual(['token-1 after 1', 'token-2 after 4']);
  });

  it('rejects when a renewal gets no answer, and tries again with the next call', async () => {
    const { server, client } = connect(kept);
    server.dropNext();
    await expect(client.GET('/v1/apps')).rejects.toMatchObject({ name: 'ConnectionError' });
    expect((await client.GET('/v1/apps')).data?.success).toBe(true);
  });

  it('leaves a 401 alone that is not about its token', async () => {
    const { server, client } = connect(kept);
    const { error } = await client.POST('/v1/auth/login', { body: { ...person, password: 'wrong' } });
    expect(error?.code).toBe('invalid_sign_in');
    expect(server.received).toEqual(['POST /v1/auth/login']);
  });

  it('shows middleware neither its own calls nor a token', async () => {
    const server = sessionServer(pageOf(['one']), appCreated);
    const seen: string[] = [];
    const middleware = [
      {
        onRequest: ({ request, schemaPath }: { request: Request; schemaPath: string }) =>
          void seen.push(`${schemaPath} ${request.headers.get('Authorization')}`),
      },
    ];
    await createClient({ baseUrl: 'https://appstead.test', session: person, fetch: server.fetch, middleware }).GET('/v1/apps');
    expect(seen).toEqual(['/v1/apps null']);
  });
});

describe('a token function', () => {
  it('is asked once more, with the token that was refused', async () => {
    const server = sessionServer(pageOf(['one']), appCreated);
    server.accept('second');
    const asked: unknown[] = [];
    const token = (refused?: string) => {
      asked.push(refused);
      return refused === undefined ? 'first' : 'second';
    };
    const client = createClient({ baseUrl: 'https://appstead.test', token, fetch: server.fetch });
    expect((await client.GET('/v1/apps')).data?.success).toBe(true);
    expect(asked).toEqual([undefined, 'first']);
  });
});

describe('signIn', () => {
  it('gives who signed in and a client that acts for them, and keeps no password', async () => {
    const told: string[] = [];
    const server = sessionServer(pageOf(['one']), appCreated);
    const onSession = ({ refresh_token }: { refresh_token: string }) => void told.push(refresh_token);
    const { user, client } = await signIn({ baseUrl: 'https://appstead.test', ...person, fetch: server.fetch, onSession });
    expect(user).toMatchObject({ email: person.email });
    await client.GET('/v1/apps');
    server.end('token-1');
    await client.GET('/v1/apps');
    expect(told).toEqual(['refresh-1', 'refresh-2']);
    server.end('token-2');
    server.endSession();
    expect((await client.GET('/v1/apps')).error?.code).toBe('invalid_refresh_token');
    expect(server.received.filter((line) => line.endsWith('/login'))).toHaveLength(1);
  });

  it('throws the problem of a sign-in that is refused', async () => {
    const server = sessionServer(pageOf(['one']), appCreated);
    const refused = signIn({ baseUrl: 'https://appstead.test', ...person, password: 'wrong', fetch: server.fetch });
    await expect(refused).rejects.toMatchObject({ name: 'ProblemError', code: 'invalid_sign_in' });
  });
});
