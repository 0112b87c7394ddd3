import type { App, AppList, AuditEvent, operations, Problem, ProblemCode, ProblemPlace, Session } from '@appstead/contract';
import { describe, expectTypeOf, it } from 'vitest';
import { createClient, type ListPath, type ProblemError, paginate, unwrap } from './index.ts';

const client = createClient({ baseUrl: 'http://localhost' });
const app_id = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';

type ErrorBody<Id extends keyof operations> = {
  [Status in Exclude<keyof operations[Id]['responses'], 200 | 201 | 202 | 204 | 302>]: operations[Id]['responses'][Status] extends {
    content: infer Content;
  }
    ? Content[keyof Content]
    : undefined;
}[Exclude<keyof operations[Id]['responses'], 200 | 201 | 202 | 204 | 302>];

describe('a call', () => {
  it('has data by operation and a Problem as error', async () => {
    const result = await client.GET('/v1/apps/{app_id}', { params: { path: { app_id } } });
    expectTypeOf(result.data).toEqualTypeOf<{ success: true; app: App } | undefined>();
    expectTypeOf(result.error).toEqualTypeOf<Problem | undefined>();
    if (result.error) expectTypeOf(result.data).toEqualTypeOf<undefined>();
    else expectTypeOf(result.data).toEqualTypeOf<{ success: true; app: App }>();
  });

  it('fails in no operation with anything but a Problem, which is what the client makes of foreign answers', () => {
    expectTypeOf<{ [Id in keyof operations]: ErrorBody<Id> }[keyof operations]>().toEqualTypeOf<Problem>();
  });

  it('takes only paths, methods, parameters and bodies of the contract', () => {
    // @ts-expect-error there is no such path
    client.GET('/v1/nothing');
    // @ts-expect-error there is no DELETE on the list
    client.DELETE('/v1/apps');
    // @ts-expect-error the path parameter is missing
    client.GET('/v1/apps/{app_id}');
    // @ts-expect-error there is no such filter value
    client.GET('/v1/apps', { params: { query: { platform: 'amiga' } } });
    // @ts-expect-error a name is required
    client.POST('/v1/apps', { body: { description: 'nameless' } });
    // @ts-expect-error a name is a text
    client.PATCH('/v1/apps/{app_id}', { params: { path: { app_id } }, body: { name: 5 } });
    // @ts-expect-error what one takes another does not: GET has no body
    client.GET('/v1/apps', { body: { name: 'Shop' } });
  });

  it('leaves what has a default to the server', () => {
    expectTypeOf(client.POST('/v1/apps', { body: { name: 'Shop' } })).not.toBeNever();
  });
});

describe('options', () => {
  it('take a session as e-mail address and password, or as the tokens an answer had', async () => {
    createClient({
      baseUrl: '',
      session: { email: 'ada@example.com', password: 'secret' },
      onSession: ({ refresh_token }) => console.log(refresh_token),
    });
    const { session } = unwrap(await client.POST('/v1/auth/login', { body: { email: 'ada@example.com', password: 'secret' } }));
    createClient({ baseUrl: '', session, onSession: async (next) => void expectTypeOf(next).toEqualTypeOf<Session>() });
    // @ts-expect-error a session and a key are two credentials
    createClient({ baseUrl: '', apiKey: 'apps_key', session });
    // @ts-expect-error without the password nobody can sign in
    createClient({ baseUrl: '', session: { email: 'ada@example.com' } });
    // @ts-expect-error nothing is renewed where there is no session
    createClient({ baseUrl: '', apiKey: 'apps_key', onSession: () => {} });
  });

  it('take a key or a token, not both', () => {
    createClient({ baseUrl: '', apiKey: process.env.APPSTEAD_API_KEY });
    createClient({ baseUrl: '', token: async () => 'token' });
    // @ts-expect-error a server refuses two credentials that differ
    createClient({ baseUrl: '', apiKey: 'apps_key', token: 'token' });
    // @ts-expect-error without an address there is nothing to call
    createClient({});
  });
});

describe('unwrap', () => {
  it('is the data without undefined', async () => {
    expectTypeOf(unwrap(await client.GET('/v1/apps'))).toEqualTypeOf<AppList>();
    expectTypeOf(unwrap(await client.GET('/metrics', { parseAs: 'text' }))).toEqualTypeOf<string>();
  });

  it('throws an error whose code is a closed union, so that a switch can be exhaustive', () => {
    expectTypeOf<ProblemError>().toExtend<Error>();
    expectTypeOf<ProblemError['code']>().toEqualTypeOf<ProblemCode>();
    expectTypeOf<ProblemError['errors']>().toEqualTypeOf<ProblemPlace[]>();
    const retryable = (code: Extract<ProblemCode, 'rate_limited' | 'unavailable' | 'request_in_progress'>): boolean => {
      switch (code) {
        case 'rate_limited':
        case 'unavailable':
          return true;
        case 'request_in_progress':
          return false;
        default:
          return code satisfies never;
      }
    };
    const forgetful = (code: Extract<ProblemCode, 'rate_limited' | 'unavailable'>): boolean => {
      switch (code) {
        case 'rate_limited':
          return true;
        default:
          // @ts-expect-error one code is not handled
          return code satisfies never;
      }
    };
    expectTypeOf(retryable).returns.toBeBoolean();
    expectTypeOf(forgetful).returns.toBeBoolean();
  });
});

describe('paginate', () => {
  it('takes the lists of the contract and no other path', () => {
    expectTypeOf<'/v1/apps' | '/v1/audit-events'>().toExtend<ListPath>();
    expectTypeOf<'/v1/apps/{app_id}'>().not.toExtend<ListPath>();
    expectTypeOf<'/health/live'>().not.toExtend<ListPath>();
    // @ts-expect-error one app is not a list
    paginate(client, '/v1/apps/{app_id}', { params: { path: { app_id } } });
    // @ts-expect-error there is no such filter
    paginate(client, '/v1/apps', { params: { query: { colour: 'red' } } });
  });

  it('types items and pages', async () => {
    for await (const app of paginate(client, '/v1/apps')) expectTypeOf(app).toEqualTypeOf<App>();
    for await (const event of paginate(client, '/v1/audit-events')) expectTypeOf(event).toEqualTypeOf<AuditEvent>();
    for await (const page of paginate(client, '/v1/apps').pages()) expectTypeOf(page).toEqualTypeOf<AppList>();
  });
});
