import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import { ProblemError, unwrap } from './problem.ts';
import { appShown, pageOf } from './testing/answers.ts';
import { problem, reply, replyRaw, startScriptedServer } from './testing/scripted-server.ts';

const html = { 'Content-Type': 'text/html' };

describe('a problem', () => {
  it('is the error of the result, as the server wrote it', async () => {
    const answer = problem('app_not_found', 404, 'There is no such app');
    const { baseUrl } = await startScriptedServer(reply(404, answer));
    const params = { path: { app_id: appShown.app.id } };
    const { data, error, response } = await createClient({ baseUrl }).GET('/v1/apps/{app_id}', { params });
    expect(data).toBeUndefined();
    expect(error).toEqual(answer);
    expect(response.status).toBe(404);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it('is thrown by unwrap with code, status, errors and request id', async () => {
    const places = [{ location: 'body.name', message: 'App name is required and must be 1-100 characters', rule: 'minLength' }];
    const { baseUrl } = await startScriptedServer(reply(400, { ...problem('invalid_request', 400, 'Not so'), errors: places }));
    const result = await createClient({ baseUrl }).POST('/v1/apps', { body: { name: '' } });
    expect(() => unwrap(result)).toThrow(ProblemError);
    expect(() => unwrap(result)).toThrow(
      expect.objectContaining({
        name: 'ProblemError',
        message: 'Not so (400 invalid_request, request 01939f5c-9b21-7000-8000-000000000001)',
        code: 'invalid_request',
        status: 400,
        errors: places,
        requestId: '01939f5c-9b21-7000-8000-000000000001',
        problem: result.error,
      }),
    );
  });

  it('leaves data alone: unwrap returns it', async () => {
    const { baseUrl } = await startScriptedServer(reply(200, pageOf(['one'])));
    expect(unwrap(await createClient({ baseUrl }).GET('/v1/apps')).apps[0]?.name).toBe('one');
  });
});

describe('an answer that is not one of Appstead', () => {
  it.each([
    ['the page of a gateway', replyRaw(502, html, '<h1>Bad gateway</h1>'), 502],
    ['plain text', replyRaw(404, { 'Content-Type': 'text/plain' }, '404 page not found'), 404],
    ['JSON of another shape', replyRaw(403, { 'Content-Type': 'application/json' }, '{"message":"Forbidden"}'), 403],
    ['JSON that is no object', replyRaw(500, { 'Content-Type': 'application/json' }, 'null'), 500],
    ['a broken problem', replyRaw(500, { 'Content-Type': 'application/problem+json' }, '{"code":"inter'), 500],
    ['an error without a body', replyRaw(503, { 'Content-Length': '0' }), 503],
    ['the page of a sign-in wall, as a success', replyRaw(200, html, '<form>'), 502],
  ])('is a problem "unavailable" when it is %s', async (_, step, status) => {
    const { baseUrl } = await startScriptedServer(step);
    const { data, error } = await createClient({ baseUrl, retries: 0 }).GET('/v1/apps');
    expect(data).toBeUndefined();
    expect(error).toMatchObject({ success: false, code: 'unavailable', status, errors: [], request_id: '' });
    expect(error?.error).toBe(error?.detail);
  });

  it('keeps the request id the server gave before something replaced its body', async () => {
    const { baseUrl } = await startScriptedServer(
      replyRaw(500, { ...html, 'X-Request-Id': '01939f5c-9b21-7000-8000-000000000002' }, '<p>'),
    );
    const { error } = await createClient({ baseUrl }).GET('/v1/apps');
    expect(error?.request_id).toBe('01939f5c-9b21-7000-8000-000000000002');
  });
});

describe('a success', () => {
  it('keeps the headers of the answer', async () => {
    const { baseUrl } = await startScriptedServer(reply(200, appShown, { ETag: '"3"' }));
    const { response } = await createClient({ baseUrl }).GET('/v1/apps/{app_id}', { params: { path: { app_id: appShown.app.id } } });
    expect(response.headers.get('ETag')).toBe('"3"');
  });

  it('may be text', async () => {
    const { baseUrl } = await startScriptedServer(replyRaw(200, { 'Content-Type': 'text/plain' }, 'http_requests_total 1\n'));
    expect((await createClient({ baseUrl }).GET('/metrics', { parseAs: 'text' })).data).toBe('http_requests_total 1\n');
  });

  it('may have no body', async () => {
    const { baseUrl } = await startScriptedServer(replyRaw(204, {}));
    const { data, error, response } = await createClient({ baseUrl }).GET('/health/live');
    expect([data, error, response.status]).toEqual([undefined, undefined, 204]);
  });
});
