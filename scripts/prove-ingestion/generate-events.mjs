import { Digest } from './digest.mjs';

const quarterMs = 15 * 60_000;
const hourMs = 3_600_000;
const platforms = ['apple', 'android', 'web', 'backend'];
const countries = ['BR', 'DE', 'FR', 'JP', 'US', undefined];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one app must have in the end, counted as its events are made and without a look at any database. */
export class Expected {
  events = new Digest();
  people = new Map();
  kinds = new Map();
  lastMs = 0;

  add(event, atMs) {
    const { id, name, user_id = '', anonymous_id = '', session_id, platform = 'web', country = '', revenue, properties } = event;
    const person = user_id || anonymous_id;
    const isAnonymous = person === '' ? '' : String(user_id === '');
    const money = revenue ? [revenue.amount, revenue.currency] : ['', ''];
    this.events.add(
      [id, name, atMs, user_id, anonymous_id, session_id, platform, country, ...money, properties.n, person, isAnonymous].join('|'),
    );
    this.lastMs = Math.max(this.lastMs, atMs);
    const kind = [Math.floor(atMs / quarterMs) * quarterMs, name, platform, country].join('|');
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (person === '') return;
    const key = `${isAnonymous}|${person}`;
    const seen = this.people.get(key);
    if (seen) this.people.set(key, [Math.min(seen[0], atMs), Math.max(seen[1], atMs)]);
    else this.people.set(key, [atMs, atMs]);
  }

  digests() {
    return {
      events: String(this.events),
      people: String(Digest.of([...this.people].map(([key, [first, last]]) => `${key}|${first}|${last}`))),
      counts: String(Digest.of([...this.kinds].map(([kind, count]) => `${kind}|${count}`))),
    };
  }
}

/**
 * Batches of events for several apps, some of them busier than others, with the events of earlier batches in between and now and then one that
 * is not valid. Fills in what is expected.
 * @param {{ random: () => number, total: number, expected: Expected[], nowMs: number }} options
 */
export function* generateBatches({ random, total, expected, nowMs }) {
  const below = (max) => Math.floor(random() * max);
  const hex = () =>
    below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const recent = expected.map(() => []);
  let made = 0;
  const makeEvent = () => {
    const late = random() < 0.05;
    const atMs = nowMs - below(late ? 29 * 24 * hourMs : 6 * hourMs);
    const stamp = (nowMs + made).toString(16).padStart(12, '0');
    const tail = hex() + hex();
    const event = {
      name: `event_${Math.floor(random() ** 2 * 20)}`,
      id: `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 16)}00`,
      session_id: `session ${below(50_000)}`,
      timestamp: new Date(atMs).toISOString(),
      country: countries[below(countries.length)],
      properties: { n: made, page: `/products/${below(1_000)}`, plan: random() < 0.5 ? 'free' : 'pro' },
    };
    if (random() < 0.5) event.user_id = `user ${below(20_000)}`;
    if (random() < 0.7) event.anonymous_id = `device ${below(40_000)}`;
    if (random() < 0.7) event.platform = platforms[below(4)];
    if (random() < 0.05) event.revenue = { amount: below(100_000) - 5_000, currency: 'EUR' };
    made++;
    return { event, atMs };
  };
  while (made < total) {
    const app = Math.floor(random() ** 2 * expected.length);
    const size = Math.min(1 + Math.floor(random() ** 2 * 1_000), total - made);
    const texts = [];
    let rejected = 0;
    for (let n = 0; n < size; n++) {
      const chance = random();
      if (chance < 0.01 && recent[app].length > 0) texts.push(recent[app][below(recent[app].length)]);
      else if (chance < 0.012) {
        texts.push(`{"name":"invalid","timestamp":"yesterday","session_id":"${below(10)}"}`);
        rejected++;
      } else {
        const { event, atMs } = makeEvent();
        expected[app].add(event, atMs);
        const text = JSON.stringify(event);
        texts.push(text);
        if (random() < 0.02) recent[app].push(text);
        if (recent[app].length > 2_000) recent[app].splice(0, 1_000);
      }
    }
    yield { app, size: texts.length, rejected, body: `{"events":[${texts.join(',')}]}` };
  }
}
