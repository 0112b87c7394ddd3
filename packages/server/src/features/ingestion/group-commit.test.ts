import { DatabaseUnavailable } from '@appstead/database';
import { describe, expect, it } from 'vitest';
import { GroupCommit, type GroupLimits } from './group-commit.ts';

type Item = { name: string; events: number; bytes: number };
type Write = { key: string; names: string[]; finish: (error?: unknown) => void };

const roomy: GroupLimits = { write: { events: 10, bytes: 100 }, waiting: { events: 20, bytes: 200 }, allWaitingBytes: 300, writes: 2 };
const item = (name: string, events = 1, bytes = 1): Item => ({ name, events, bytes });

/** A group whose writes end when the test says so. */
function held(limits: GroupLimits = roomy) {
  const writes: Write[] = [];
  const group = new GroupCommit<Item, string>((key, items) => {
    const names = items.map(({ name }) => name);
    return new Promise((resolve, reject) => {
      writes.push({ key, names, finish: (error) => (error ? reject(error) : resolve(names.map((name) => `${name}!`))) });
    });
  }, limits);
  return { group, writes, turn: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('GroupCommit', () => {
  it('writes the first at once and what comes meanwhile together, each with its own result', async () => {
    const { group, writes, turn } = held();
    const results = ['a', 'b', 'c'].map((name) => group.add('app', item(name)));
    expect(writes.map(({ names }) => names)).toEqual([['a']]);
    writes[0]?.finish();
    await turn();
    expect(writes.map(({ names }) => names)).toEqual([['a'], ['b', 'c']]);
    writes[1]?.finish();
    expect(await Promise.all(results)).toEqual(['a!', 'b!', 'c!']);
  });

  it('takes no more into one write than its limit, in the order of arrival, unless one alone is larger', async () => {
    const { group, writes, turn } = held({ ...roomy, waiting: { events: 100, bytes: 100 } });
    const results = [1, 6, 4, 1, 15, 2].map((events, n) => group.add('app', item(String(n), events)));
    for (let n = 0; n < 5; n++) {
      writes[n]?.finish();
      await turn();
    }
    expect(writes.map(({ names }) => names)).toEqual([['0'], ['1', '2'], ['3'], ['4'], ['5']]);
    expect(await Promise.all(results)).toHaveLength(6);
  });

  it('never runs two writes of one key, nor more than its limit of all', async () => {
    const { group, writes, turn } = held();
    const results = ['a', 'b', 'c', 'a'].map((key, n) => group.add(key, item(`${n}`)));
    expect(writes.map(({ key }) => key)).toEqual(['a', 'b']);
    writes[0]?.finish();
    await turn();
    // What waits for longer comes first: c, and not the next of a.
    expect(writes.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    for (const n of [1, 2, 3]) {
      writes[n]?.finish();
      await turn();
    }
    await Promise.all(results);
  });

  it('refuses with 503 what is more than may wait, under one key or under all, and takes again when there is room', async () => {
    const { group, writes, turn } = held();
    const first = group.add('app', item('first'));
    const waiting = group.add('app', item('waiting', 20));
    const unavailable = { code: 'unavailable', status: 503, headers: { 'Retry-After': '1' } };
    expect(() => group.add('app', item('too many'))).toThrow(expect.objectContaining(unavailable));
    expect(() => group.add('another', item('too large', 1, 400))).toThrow(expect.objectContaining(unavailable));
    writes[0]?.finish();
    await turn();
    const later = group.add('app', item('later'));
    for (const n of [1, 2]) {
      writes[n]?.finish();
      await turn();
    }
    expect(await Promise.all([first, waiting, later])).toEqual(['first!', 'waiting!', 'later!']);
  });

  it('writes each alone when they cannot be written together, so that only what is bad fails', async () => {
    const attempts: string[][] = [];
    const group = new GroupCommit<Item, string>(async (_, items) => {
      const names = items.map(({ name }) => name);
      attempts.push(names);
      if (names.includes('bad')) throw new Error('refused by the database');
      return names;
    }, roomy);
    const results = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map((name) => group.add('app', item(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(attempts).toEqual([['first'], ['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
  });

  it('tells all of them when the database is away, and tries none again', async () => {
    const { group, writes, turn } = held();
    const results = ['a', 'b', 'c'].map((name) => group.add('app', item(name)));
    writes[0]?.finish();
    await turn();
    writes[1]?.finish(new DatabaseUnavailable('away'));
    const settled = await Promise.allSettled(results);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(writes).toHaveLength(2);
  });

  it('is idle once everything is settled', async () => {
    const { group, writes, turn } = held();
    await group.idle();
    const results = [group.add('app', item('a')), group.add('app', item('b'))];
    let idle = false;
    const waited = group.idle().then(() => {
      idle = true;
    });
    writes[0]?.finish();
    await turn();
    expect(idle).toBe(false);
    writes[1]?.finish();
    await Promise.all([...results, waited]);
    expect(idle).toBe(true);
  });
});
