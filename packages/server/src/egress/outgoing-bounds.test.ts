import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AllowList } from './allow-list.ts';
import { GuardedSender, type OutgoingRequest } from './guarded-sender.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';

let open: Receiver;
let closed: Receiver;
let sender: GuardedSender;
beforeAll(async () => {
  open = await startReceiver();
  closed = await startReceiver();
  sender = new GuardedSender({ allow: AllowList.parse(`127.0.0.1:${open.port},127.0.0.2:*`, [80, 443, open.port, closed.port]) });
});
afterAll(async () => {
  await sender.close();
  await Promise.all([open.close(), closed.close()]);
});
beforeEach(() => {
  open.received.length = 0;
  open.state.answer = (_, response) => response.writeHead(204).end();
});

const send = (more: Partial<OutgoingRequest> = {}) =>
  sender.send({ url: `${open.url}/`, method: 'GET', deadlineMs: 5_000, bytesMax: 1_000, ...more });
const failure = (failure: string) => expect.objectContaining({ name: 'EgressError', failure });

describe('a redirect', () => {
  const to = (location: string, status = 302) => {
    open.state.answer = (request, response) =>
      request.url === '/' ? response.writeHead(status, { location }).end('moved') : response.end('there');
  };

  it('is an answer like others unless it is asked for, and always for a POST', async () => {
    to('/there');
    expect(await send()).toMatchObject({ status: 302 });
    expect(await send({ method: 'POST', body: '{}', redirectsMax: 3 })).toMatchObject({ status: 302 });
    expect(open.received.map(({ url }) => url)).toEqual(['/', '/']);
  });

  it('is followed when asked for, and leaves behind what was meant for the first host', async () => {
    to('/there');
    const answer = await send({ redirectsMax: 1, headers: { authorization: 'Bearer secret', accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 200, url: `${open.url}/there` });
    expect(answer.body.toString()).toBe('there');
    expect(open.received[1]?.headers).toMatchObject({ accept: 'text/html' });
    expect(open.received[1]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    () => `http://127.0.0.1:${closed.port}/`,
    () => `http://2130706433:${closed.port}/`,
    () => `//[::ffff:127.0.0.1]:${closed.port}/`,
    () => `http://localhost:${closed.port}/`,
    () => `http://user:password@127.0.0.1:${open.port}/there`,
    () => 'file:///etc/passwd',
    () => 'http://169.254.169.254/latest/meta-data/',
  ])('to an address that must not be called is refused (%#)', async (location) => {
    to(location());
    await expect(send({ redirectsMax: 3 })).rejects.toEqual(failure('address_refused'));
    expect(closed.state.connections).toBe(0);
    expect(open.received).toHaveLength(1);
  });

  it('is followed three times at most', async () => {
    open.state.answer = (request, response) => response.writeHead(307, { location: `${request.url}x` }).end();
    await expect(send({ redirectsMax: 50 })).rejects.toEqual(failure('redirects'));
    expect(open.received.map(({ url }) => url)).toEqual(['/', '/x', '/xx', '/xxx']);
  });
});

describe('an answer', () => {
  const endless = () => {
    const sent = { bytes: 0, ended: false };
    open.state.answer = (_, response) => {
      response.on('close', () => {
        sent.ended = true;
      });
      const more = () => {
        while (!sent.ended && response.write(Buffer.alloc(64 * 1024, 'x'))) sent.bytes += 64 * 1024;
      };
      response.on('drain', more);
      more();
    };
    return sent;
  };

  it('that never ends is cut off at the bound', async () => {
    const sent = endless();
    const answer = await send();
    expect(answer).toMatchObject({ status: 200, isCut: true });
    expect(answer.body).toHaveLength(1_000);
    await expect.poll(() => sent.ended).toBe(true);
    expect(sent.bytes).toBeLessThan(20 * 2 ** 20);
  });

  it('that is too large is an error when it is wanted whole', async () => {
    endless();
    await expect(send({ isWhole: true })).rejects.toEqual(failure('too_large'));
  });

  it('that unpacks to a thousand times its size is unpacked no further than the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
    open.state.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const before = process.memoryUsage().rss;
    const answer = await send({ bytesMax: 2 ** 20 });
    expect(answer).toMatchObject({ isCut: true });
    expect(answer.body).toHaveLength(2 ** 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
    await expect(send({ isWhole: true })).rejects.toEqual(failure('too_large'));
  });

  it('that is packed is unpacked, and one that is broken or packed twice is an error', async () => {
    const packed = gzipSync('hello');
    const reply = (encoding: string, bytes: Buffer) => {
      open.state.answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    };
    reply('gzip', packed);
    expect((await send()).body.toString()).toBe('hello');
    reply('gzip', packed.subarray(0, 12));
    await expect(send()).rejects.toEqual(failure('connection'));
    reply('gzip, gzip', packed);
    await expect(send()).rejects.toEqual(failure('connection'));
  });

  it('that comes a byte at a time ends at the deadline', async () => {
    open.state.answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    await expect(send({ deadlineMs: 200 })).rejects.toEqual(failure('timeout'));
  });

  it('that does not come ends at the deadline, or when the caller has enough', async () => {
    open.state.answer = () => {};
    await expect(send({ deadlineMs: 100 })).rejects.toEqual(failure('timeout'));
    const ending = new AbortController();
    const sending = send({ signal: ending.signal });
    ending.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
    await expect(send({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });
});

describe('a connection', () => {
  it('that is refused, reset, or speaks something else is told alike', async () => {
    const answers: ((socket: import('node:net').Socket) => void)[] = [
      (socket) => socket.destroy(),
      (socket) => socket.resume().end('SSH-2.0-OpenSSH_9.6\r\n'),
      (socket) => socket.resetAndDestroy(),
    ];
    let connections = 0;
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      answers[connections++]?.(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.2:${port}/`;
    const errors: unknown[] = [];
    for (let turn = 0; turn < 3; turn++) errors.push(await send({ url }).catch((error: unknown) => error));
    expect(connections).toBe(3);
    await new Promise((resolve) => server.close(resolve));
    errors.push(await send({ url }).catch((error: unknown) => error));
    expect(errors.map((error) => (error as Error).message)).toEqual(Array(4).fill('The connection failed'));
  });

  it('to a server without a valid certificate is a TLS failure', async () => {
    const server = createTlsServer();
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(send({ url: `https://127.0.0.2:${port}/` })).rejects.toEqual(failure('tls'));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
