import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let app: { id: string; api_key: string };
beforeAll(async () => {
  server = await startServer();
  app = await newApp(server.url, (await server.newOrganization()).organizationKey);
});
afterAll(() => server.close());

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const fromNow = (ms: number) => new Date(server.now().getTime() + ms).toISOString();
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, n]));
/** Properties of so many bytes as JSON: `{"text":"…"}` is 11 of them. */
const ofBytes = (bytes: number, filler = 'x') => ({ text: filler.repeat((bytes - 11) / Buffer.byteLength(filler)) });

const cases: [title: string, event: () => object, message: string][] = [
  ['no name', () => ({}), 'name is missing'],
  ['an empty name', () => ({ name: '' }), 'name must NOT have fewer than 1 characters'],
  ['a blank name', () => ({ name: '  ' }), 'name must not be blank'],
  ['a name of 101 characters', () => ({ name: 'x'.repeat(101) }), 'name must NOT have more than 100 characters'],
  ['a name that is a number', () => ({ name: 7 }), 'name must be string'],
  ['a field nobody knows', () => ({ name: 'a', eventName: 'b' }), 'eventName is not a field of an event'],
  ['an id that is no UUID', () => ({ name: 'a', id: '42' }), 'id must be a UUID'],
  ['an id as a URN', () => ({ name: 'a', id: `urn:uuid:${randomUUID()}` }), 'id must be a UUID'],
  ...['null', 'undefined', '(null)', 'NaN', 'NULL', '00000000-0000-0000-0000-000000000000', ' '].flatMap((placeholder): typeof cases => [
    [`the user_id ${placeholder}`, () => ({ name: 'a', user_id: placeholder }), 'user_id is a placeholder and no id of a person'],
    [
      `the anonymous_id ${placeholder}`,
      () => ({ name: 'a', anonymous_id: placeholder }),
      'anonymous_id is a placeholder and no id of a person',
    ],
  ]),
  ['an empty user_id', () => ({ name: 'a', user_id: '' }), 'user_id must NOT have fewer than 1 characters'],
  ['a user_id of null', () => ({ name: 'a', user_id: null }), 'user_id must be string'],
  ['a user_id of 201 characters', () => ({ name: 'a', user_id: 'x'.repeat(201) }), 'user_id must NOT have more than 200 characters'],
  [
    'an anonymous_id of 201 characters',
    () => ({ name: 'a', anonymous_id: 'x'.repeat(201) }),
    'anonymous_id must NOT have more than 200 characters',
  ],
  [
    'a session_id of 201 characters',
    () => ({ name: 'a', session_id: 'x'.repeat(201) }),
    'session_id must NOT have more than 200 characters',
  ],
  ['a timestamp in seconds', () => ({ name: 'a', timestamp: 1_764_300_000 }), 'timestamp must be string'],
  [
    'a timestamp without an offset',
    () => ({ name: 'a', timestamp: '2026-11-21T09:30:00' }),
    'timestamp must be a date-time with its offset, such as 2026-11-21T09:30:00Z',
  ],
  [
    'the 30th of February',
    () => ({ name: 'a', timestamp: '2026-02-30T09:30:00Z' }),
    'timestamp must be a date-time with its offset, such as 2026-11-21T09:30:00Z',
  ],
  [
    'a timestamp more than 5 minutes ahead',
    () => ({ name: 'a', timestamp: fromNow(6 * minuteMs) }),
    'timestamp is more than 5 minutes ahead',
  ],
  [
    'a timestamp more than 30 days ago',
    () => ({ name: 'a', timestamp: fromNow(-30 * dayMs - minuteMs) }),
    'timestamp is more than 30 days ago',
  ],
  ['a platform nobody knows', () => ({ name: 'a', platform: 'ios' }), 'platform must be one of apple, android, web, backend'],
  ['a country in lower case', () => ({ name: 'a', country: 'de' }), 'country must be two upper-case letters (ISO 3166-1 alpha-2)'],
  ['a country of three letters', () => ({ name: 'a', country: 'DEU' }), 'country must NOT have more than 2 characters'],
  ['properties that are a list', () => ({ name: 'a', properties: [1] }), 'properties must be object'],
  ['properties with 101 keys', () => ({ name: 'a', properties: keys(101) }), 'properties must NOT have more than 100 properties'],
  [
    'properties of more than 16 KiB',
    () => ({ name: 'a', properties: ofBytes(16 * 1024 + 1) }),
    'properties may have at most 16 KiB as JSON',
  ],
  [
    'properties of more than 16 KiB in few characters',
    () => ({ name: 'a', properties: ofBytes(16 * 1024 + 2, '€') }),
    'properties may have at most 16 KiB as JSON',
  ],
  ['revenue without a currency', () => ({ name: 'a', revenue: { amount: 1 } }), 'revenue.currency is missing'],
  ['revenue with a fraction', () => ({ name: 'a', revenue: { amount: 19.99, currency: 'EUR' } }), 'revenue.amount must be integer'],
  [
    'revenue beyond what a number holds',
    () => ({ name: 'a', revenue: { amount: 2 ** 53, currency: 'EUR' } }),
    'revenue.amount must be <= 9007199254740991',
  ],
  [
    'revenue in a currency of lower case',
    () => ({ name: 'a', revenue: { amount: 1, currency: 'eur' } }),
    'revenue.currency must be three upper-case letters (ISO 4217)',
  ],
  [
    'revenue with a field nobody knows',
    () => ({ name: 'a', revenue: { amount: 1, currency: 'EUR', tax: 1 } }),
    'revenue.tax is not a field of an event',
  ],
];

describe('an event that is not valid is refused by itself, its field first', () => {
  it.each(cases)('%s', async (_, event, message) => {
    const good = { name: 'good', id: randomUUID() };
    const { status, body } = await sendEvents(server.url, app.api_key, [good, event()]);
    expect([status, body]).toEqual([200, { success: true, accepted: 1, duplicates: 0, rejected: [{ index: 1, message }] }]);
  });

  it('takes what is just within every bound', async () => {
    const events = [
      { name: 'x'.repeat(100), user_id: 'x'.repeat(200), anonymous_id: 'ü'.repeat(200), session_id: 'x'.repeat(200) },
      { name: '𝒳'.repeat(100), timestamp: fromNow(5 * minuteMs - 1_000) },
      { name: 'a', timestamp: fromNow(-30 * dayMs + minuteMs), properties: keys(100) },
      { name: 'a', properties: ofBytes(16 * 1024), revenue: { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' } },
      {
        name: 'a',
        properties: JSON.parse('{ "__proto__": { "constructor": "x" } }'),
        revenue: { amount: Number.MIN_SAFE_INTEGER, currency: 'JPY' },
      },
    ];
    expect((await sendEvents(server.url, app.api_key, events)).body).toEqual({ success: true, accepted: 5, duplicates: 0, rejected: [] });
  });

  it('200 with nothing taken when none is valid, and nothing is stored', async () => {
    const { organizationKey } = await server.newOrganization();
    const other = await newApp(server.url, organizationKey);
    const { status, body } = await sendEvents(server.url, other.api_key, [{}, { name: 1 }]);
    expect([status, body.accepted, body.rejected.map(({ index }: { index: number }) => index)]).toEqual([200, 0, [0, 1]]);
    const { rows } = await server.admin.query({ text: 'SELECT id FROM event_ids WHERE app_id = $1', values: [other.id] });
    expect(rows).toEqual([]);
  });
});

describe('what is no batch is refused as a whole (400)', () => {
  const good = { name: 'good' };
  it.each([
    ['no events', []],
    ['an event that is a text', [good, 'name']],
    ['an event that is null', [good, null]],
    ['an event that is a list', [good, []]],
  ])('%s', async (_, events) => expectProblem(await sendEvents(server.url, app.api_key, events), 400, 'invalid_request'));
});
