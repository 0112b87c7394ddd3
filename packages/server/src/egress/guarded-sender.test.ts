import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AllowList } from './allow-list.ts';
import { EgressError, RefusedUrl } from './egress-error.ts';
import { GuardedSender } from './guarded-sender.ts';
import type { ResolveHost } from './resolve-host.ts';
import { hostileUrls } from './testing/hostile-urls.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';

let inside: Receiver;
let senders: GuardedSender[];
beforeAll(async () => {
  // On every address of this machine, so that none of the spellings misses it.
  inside = await startReceiver('::');
});
afterAll(() => inside.close());
beforeEach(() => {
  inside.state.connections = 0;
  senders = [];
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.close()));
});

/** A sender for which the port of the receiver is a usual one, so that only the address can be the reason of a refusal. */
function newSender({ allow = '', resolve }: { allow?: string; resolve?: ResolveHost } = {}) {
  const sender = new GuardedSender({ allow: AllowList.parse(allow, [80, 443, inside.port]), ...(resolve ? { resolve } : {}) });
  senders.push(sender);
  return sender;
}
const get = (sender: GuardedSender, url: string, redirectsMax = 3) =>
  sender.send({ url, method: 'GET', deadlineMs: 2_000, bytesMax: 1_000, redirectsMax });
const outcome = (sender: GuardedSender, url: string) =>
  get(sender, url).then(
    ({ status }) => status,
    (error: unknown) => error,
  );
const answering = (...answers: string[][]): ResolveHost => {
  let turn = 0;
  return async () => answers[Math.min(turn++, answers.length - 1)] ?? [];
};
const refused = expect.objectContaining({
  name: 'EgressError',
  failure: 'address_refused',
  message: 'The host has no address that may be called',
});

describe('an address that must not be called', () => {
  it('is refused in every spelling, without a connection, and when it is saved as well', async () => {
    const sender = newSender({ resolve: answering(['127.0.0.1']) });
    const urls = hostileUrls(inside.port);
    expect(urls.length).toBeGreaterThan(80);
    for (const url of urls) {
      expect({ url, error: await outcome(sender, url) }).toEqual({ url, error: refused });
    }
    const saved = urls.filter((url) => {
      try {
        sender.check(url);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(RefusedUrl);
        return false;
      }
    });
    expect(saved).toEqual([]);
    expect(inside.state.connections).toBe(0);
  });

  it.each([
    ['a private answer', [['10.0.0.1']]],
    ['loopback beside a public answer', [['93.184.215.14', '127.0.0.1']]],
    ['a public A beside a private AAAA', [['93.184.215.14', '::1']]],
    ['a mapped answer', [['::ffff:127.0.0.1']]],
    ['a link-local answer with a zone', [['fe80::1%eth0']]],
    ['no answer', [[]]],
  ])('is refused behind a name with %s', async (_, answers) => {
    const error = await outcome(newSender({ resolve: answering(...answers) }), `http://hooks.example.com:${inside.port}/`);
    expect(error).toEqual(refused);
    expect(inside.state.connections).toBe(0);
  });

  it('is refused alike when its name does not exist, so that answers do not tell which names do', async () => {
    const resolve = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await outcome(newSender({ resolve }), 'http://no-such.example.com/')).toEqual(refused);
  });

  it('is not reached by a name that resolves to another address the second time, because there is no second time', async () => {
    let lookUps = 0;
    const resolve = async () => [lookUps++ === 0 ? '203.0.113.7' : '127.0.0.1'];
    // The first answer is public for this sender, and nobody is there.
    const sender = newSender({ resolve, allow: '203.0.113.7' });
    const error = await sender
      .send({ url: `http://rebinding.example.com:${inside.port}/`, method: 'GET', deadlineMs: 300, bytesMax: 10 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EgressError);
    expect(lookUps).toBe(1);
    expect(await outcome(sender, `http://rebinding.example.com:${inside.port}/`)).toEqual(refused);
    expect(inside.state.connections).toBe(0);
  });

  it('is not reached through a proxy of the environment', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${inside.port}`;
    try {
      const sender = newSender({ resolve: answering(['203.0.113.7']), allow: '203.0.113.7' });
      await sender.send({ url: 'http://example.com/', method: 'GET', deadlineMs: 200, bytesMax: 10 }).catch(() => {});
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(inside.state.connections).toBe(0);
  });
});

describe('the allow-list', () => {
  it('opens exactly what it names: the listener that saw nothing before is reached', async () => {
    expect(await outcome(newSender({ allow: `127.0.0.1:${inside.port}` }), `http://0x7f.1:${inside.port}/`)).toBe(204);
    const named = newSender({ allow: 'hooks.intranet', resolve: answering(['127.0.0.1']) });
    expect(await outcome(named, `http://HOOKS.intranet.:${inside.port}/`)).toBe(204);
    expect(await outcome(named, `http://other.intranet:${inside.port}/`)).toEqual(refused);
    expect(await outcome(named, `http://127.0.0.1:${inside.port}/`)).toEqual(refused);
  });

  it('asks the platform only for names that it has, and name servers for all others', async () => {
    const asked: [string, boolean][] = [];
    const resolve: ResolveHost = async (host, isOwn) => {
      asked.push([host, isOwn]);
      return [];
    };
    const sender = newSender({ allow: 'hooks.intranet', resolve });
    await outcome(sender, 'http://hooks.intranet/');
    await outcome(sender, 'http://example.com/');
    expect(asked).toEqual([
      ['hooks.intranet', true],
      ['example.com', false],
    ]);
  });

  it('lets a public address be saved that was never refused', () => {
    for (const url of ['https://example.com/in', 'http://8.8.8.8:8080/', 'https://[2606:4700::1111]/', 'http://[64:ff9b::808:808]/']) {
      expect(new GuardedSender().check(url)).toBeUndefined();
    }
  });
});
