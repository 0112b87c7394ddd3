import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  key = (await server.newOrganization()).organizationKey;
});
afterAll(() => server.close());

async function aPerson() {
  const app = await newApp(server.url, key);
  const send = (raw: string): Promise<Answer> => call(server.url, '/v1/identify', { raw, headers: { 'X-API-Key': app.api_key } });
  return {
    send,
    set: (properties: unknown) => send(JSON.stringify({ user_id: 'ada', properties })),
    async shown(): Promise<unknown> {
      return (await call(server.url, `/v1/apps/${app.id}/users`, { key })).body.users[0]?.properties;
    },
  };
}

const many = (count: number, prefix = 'key') => Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix} ${n}`, n]));

describe('the properties of a person', () => {
  it('are set key by key; an empty text and null remove one; others stay', async () => {
    const { set, shown } = await aPerson();
    await set({ plan: 'free', seats: 5, ratio: -0.5, trial: true, old: 'x' });
    await set({ plan: 'pro', trial: '', old: null, never: null });
    expect(await shown()).toEqual({ plan: 'pro', seats: 5, ratio: -0.5 });
    await set({});
    expect(await shown()).toEqual({ plan: 'pro', seats: 5, ratio: -0.5 });
  });

  it('400 when there would be more than 50, and none is set; room can be made in the same call', async () => {
    const { set, shown } = await aPerson();
    expect((await set(many(50))).status).toBe(200);
    const refused = await set({ 'key 0': 'changed', another: 1 });
    expectProblem(refused, 400, 'invalid_request');
    expect(refused.body.errors).toMatchObject([{ location: 'body.properties', rule: 'maxProperties' }]);
    expect(await shown()).toEqual(many(50));
    expect((await set({ 'key 0': null, another: 1 })).status).toBe(200);
    const { 'key 0': _, ...rest } = many(50);
    expect(await shown()).toEqual({ ...rest, another: 1 });
  });

  it('400 for more than 50 of somebody new, who is not made then', async () => {
    const { set, shown } = await aPerson();
    expectProblem(await set(many(51)), 400, 'invalid_request');
    expect(await shown()).toBeUndefined();
  });

  it('400 for keys and values out of their bounds, and for values that are no text, number or boolean', async () => {
    const { set, send, shown } = await aPerson();
    expect((await set({ ['k'.repeat(50)]: 'v'.repeat(200) })).status).toBe(200);
    for (const wrong of [{ '': 1 }, { ['k'.repeat(51)]: 1 }, { key: 'v'.repeat(201) }, { key: {} }, { key: [1] }, [], 'text', null]) {
      expectProblem(await set(wrong), 400, 'invalid_request');
    }
    expect((await send('{"user_id":"ada","properties":{"key":1e999}}')).status).toBe(400);
    expect((await send('{"user_id":"ada","properties":{"key":"\\u0000"}}')).status).toBe(400);
    expect(await shown()).toEqual({ ['k'.repeat(50)]: 'v'.repeat(200) });
  });

  it('take any key, also those that mean something to a program', async () => {
    const { send, shown } = await aPerson();
    const raw = '{"constructor":"a","toString":1,"hasOwnProperty":true,"a.b":"c","ключ":"ü"}';
    expect((await send(`{"user_id":"ada","properties":${raw}}`)).status).toBe(200);
    expect(await shown()).toEqual(JSON.parse(raw));
  });

  it('are merged without loss when 20 calls come at once', async () => {
    const { set, shown } = await aPerson();
    const calls = await Promise.all(Array.from({ length: 20 }, (_, n) => set({ [`key ${n}`]: n })));
    expect(calls.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await shown()).toEqual(many(20));
  });
});
