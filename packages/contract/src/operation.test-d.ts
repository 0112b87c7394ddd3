import { describe, expectTypeOf, it } from 'vitest';
import type { App, AppCreate, Call, Handler, Handlers, OperationId, Reply } from './index.ts';

type Context = { who: string };

declare const app: App;
declare const getApp: Handler<'getApp', Context>;
declare const createApp: Handler<'createApp', Context>;
const audit = { resourceId: app.id, after: app };

describe('a set of handlers', () => {
  it('has one for every operation it names', () => {
    expectTypeOf({ getApp, createApp }).toExtend<Handlers<'getApp' | 'createApp', Context>>();
    // @ts-expect-error createApp is missing
    ({ getApp }) satisfies Handlers<'getApp' | 'createApp', Context>;
  });

  it('has none that the contract does not know', () => {
    // @ts-expect-error no such operation
    expectTypeOf<Handlers<'destroyApp', Context>>().toBeObject();
    // @ts-expect-error one handler too many
    ({ getApp, createApp }) satisfies Handlers<'getApp', Context>;
  });

  it('has handlers that fit their operation only', () => {
    expectTypeOf(getApp).not.toExtend<Handler<'createApp', Context>>();
  });

  it('covers the whole contract as Handlers<OperationId>', () => {
    expectTypeOf<keyof Handlers<OperationId, Context>>().toEqualTypeOf<OperationId>();
  });
});

describe('a call', () => {
  it('has the path, query and body of its operation', () => {
    expectTypeOf<Call<'getApp'>['path']>().toEqualTypeOf<{ app_id: string }>();
    expectTypeOf<Call<'createApp'>['body']>().toEqualTypeOf<AppCreate>();
    expectTypeOf<Call<'listApps'>['query']['limit']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Call<'updateApp'>['header']['If-Match']>().toEqualTypeOf<string | undefined>();
  });

  it('has nothing where the operation takes nothing', () => {
    expectTypeOf<Call<'getApp'>['body']>().toEqualTypeOf<undefined>();
    expectTypeOf<Call<'getApp'>['query']>().toEqualTypeOf<Record<string, never>>();
    expectTypeOf<Call<'getLiveness'>['path']>().toEqualTypeOf<Record<string, never>>();
  });

  it('does not demand a property that has a default', () => {
    expectTypeOf<{ name: string }>().toExtend<Call<'createApp'>['body']>();
  });
});

describe('a reply', () => {
  it('has the success status and body of its operation', () => {
    ({ status: 200, body: { success: true, app } }) satisfies Reply<'getApp'>;
    expectTypeOf<Reply<'createApp'>['status']>().toEqualTypeOf<201>();
    expectTypeOf<Reply<'getMetrics'>['body']>().toEqualTypeOf<string>();
  });

  it('has no other status, not even a declared error: problems are thrown', () => {
    // @ts-expect-error getApp answers 200
    ({ status: 201, body: { success: true, app } }) satisfies Reply<'getApp'>;
    // @ts-expect-error 404 is thrown as a problem
    ({ status: 404, body: { success: true, app } }) satisfies Reply<'getApp'>;
  });

  it('has every declared field and no undeclared one', () => {
    // @ts-expect-error app is missing
    ({ status: 200, body: { success: true } }) satisfies Reply<'getApp'>;
    // @ts-expect-error nick is not declared
    ({ status: 200, body: { success: true, app, nick: 'a' } }) satisfies Reply<'getApp'>;
    // @ts-expect-error nick is not declared, inside of the app either
    ({ status: 200, body: { success: true, app: { ...app, nick: 'a' } } }) satisfies Reply<'getApp'>;
  });
});

describe('an audit note', () => {
  it('is demanded where the contract names an audit event', () => {
    ({ status: 201, body: { success: true, app }, audit }) satisfies Reply<'createApp'>;
    ({ status: 201, body: { success: true, app }, audit: null }) satisfies Reply<'createApp'>;
    // @ts-expect-error createApp has x-audit
    ({ status: 201, body: { success: true, app } }) satisfies Reply<'createApp'>;
  });

  it('is refused where it names none', () => {
    // @ts-expect-error getApp has no x-audit
    ({ status: 200, body: { success: true, app }, audit }) satisfies Reply<'getApp'>;
  });
});
