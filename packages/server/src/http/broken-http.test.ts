import { gzipSync } from 'node:zlib';
import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../testing/call.ts';
import { requestHead, sendRaw } from '../testing/raw-request.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';

let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  key = (await server.newOrganization()).organizationKey;
});
afterAll(() => server.close());

const live = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
const post = (headers: string, body = '{}') => `POST /v1/apps HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n\r\n${body}`;

const broken: Record<string, string | Buffer> = {
  'no HTTP at all': 'GARBAGE\r\n\r\n',
  'a request line with a space too many': 'GET /health/live x HTTP/1.1\r\nHost: a\r\n\r\n',
  'a method in small letters': 'get /health/live HTTP/1.1\r\nHost: a\r\n\r\n',
  'a method nobody knows': 'BREW /health/live HTTP/1.1\r\nHost: a\r\n\r\n',
  'a version nobody speaks': 'GET /health/live HTTP/3.0\r\nHost: a\r\n\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a TLS handshake': Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
  'no Host': 'GET /health/live HTTP/1.1\r\n\r\n',
  'two Hosts': 'GET /health/live HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n',
  'a header without a colon': `${live}nonsense\r\n\r\n`,
  'a space before the colon of a header': `${live}X-A : b\r\n\r\n`,
  'a NUL in a header': `${live}X-A: a\0b\r\n\r\n`,
  'a bare carriage return in a header': `${live}X-A: a\rb\r\n\r\n`,
  'Content-Length and Transfer-Encoding at once': post('Content-Length: 2\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  'two different Content-Lengths': post('Content-Length: 2\r\nContent-Length: 3'),
  'a list of Content-Lengths': post('Content-Length: 2, 3'),
  'a negative Content-Length': post('Content-Length: -2'),
  'a Content-Length with a sign': post('Content-Length: +2'),
  'a Content-Length that is no number': post('Content-Length: two'),
  'a Content-Length beyond all numbers': post('Content-Length: 99999999999999999999'),
  'a transfer encoding that is not chunked': post('Transfer-Encoding: gzip'),
  'chunked not as the last encoding': post('Transfer-Encoding: chunked, gzip', '0\r\n\r\n'),
};

const chunk = (bytes: Uint8Array) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const inChunks = (body: Uint8Array, chunkBytes = 65_536) => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) chunks.push(chunk(body.subarray(at, at + chunkBytes)));
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
};
const create = (headers: Record<string, string>, body: string | Uint8Array) => {
  const head = requestHead('POST /v1/apps', { 'X-API-Key': key, 'Content-Type': 'application/json', ...headers });
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
};
const chunked = { 'Transfer-Encoding': 'chunked' };

describe('what is no proper HTTP gets one problem, and the server lives', () => {
  it.each(Object.entries(broken))('400 invalid_request: %s', async (_, bytes) => {
    await expectOne(bytes, 400, 'invalid_request');
  });

  it('431 headers_too_large: a header of 20 KB, a hundred headers of 1 KB, a URL of 20 KB', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `X-${index}: ${'a'.repeat(1024)}\r\n`).join('');
    for (const bytes of [`${live}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, `${live}${many}\r\n`, requestHead(`GET /${'a'.repeat(20_000)}`)]) {
      await expectOne(bytes, 431, 'headers_too_large');
    }
  });

  it('417 expectation_failed: an expectation other than 100-continue', async () => {
    await expectOne(post('Expect: tea\r\nContent-Length: 2'), 417, 'expectation_failed');
  });

  it('404 route_not_found: OPTIONS *, an address with a fragment, an absolute address of nothing', async () => {
    await expectOne(requestHead('OPTIONS *'), 404, 'route_not_found');
    await expectOne(requestHead('GET /v1/apps#here', { 'X-API-Key': key }), 404, 'route_not_found');
    await expectOne(requestHead('GET http://a/nothing'), 404, 'route_not_found');
  });

  it('400 when a chunk is broken, in its size or its end, and the body is never taken', async () => {
    await expectOne(create(chunked, 'ZZ\r\n{}\r\n0\r\n\r\n'), 400, 'invalid_request');
    await expectOne(create(chunked, '2\r\n{}XX0\r\n\r\n'), 400, 'invalid_request');
    await expectOne(create(chunked, `${'F'.repeat(20)}\r\n{}\r\n0\r\n\r\n`), 400, 'invalid_request');
  });

  it('400 when the connection ends within the body', async () => {
    await expectOne(create({ 'Content-Length': '50' }, '{"name":"cut'), 400, 'invalid_request', { thenEnd: true });
    await expectOne(create(chunked, 'C\r\n{"name":"cu'), 400, 'invalid_request', { thenEnd: true });
  });
});

describe('bodies as only a socket can send them', () => {
  it('413 for 1 MiB and a byte in chunks, and for chunks of gzip that come to nothing without end', async () => {
    const body = Buffer.alloc(1024 * 1024 + 1, ' ');
    body.write('{"name":"bad"}');
    await expectOne(create(chunked, inChunks(body)), 413, 'payload_too_large');
    const zipped = gzipSync('{"name":"bad"}');
    // Stored blocks of length 0 (RFC 1951 3.2.4) after the 10 bytes of the gzip header.
    const nothing = Buffer.alloc(5 * 250_000);
    for (let at = 0; at < nothing.length; at += 5) nothing.writeUInt16LE(0xffff, at + 3);
    const endless = Buffer.concat([zipped.subarray(0, 10), nothing, zipped.subarray(10)]);
    await expectOne(create({ ...chunked, 'Content-Encoding': 'gzip' }, inChunks(endless)), 413, 'payload_too_large');
  });

  it('400 for a body on a GET, whether with a length or in chunks', async () => {
    for (const [headers, body] of [
      [{ 'Content-Length': '2' }, '{}'],
      [chunked, '2\r\n{}\r\n0\r\n\r\n'],
    ] as const) {
      await expectOne(requestHead('GET /v1/apps', { 'X-API-Key': key, ...headers }) + body, 400, 'invalid_request');
    }
  });

  it('415 without a Content-Type', async () => {
    const head = requestHead('POST /v1/apps', { 'X-API-Key': key, 'Content-Length': '14' });
    await expectOne(`${head}{"name":"bad"}`, 415, 'unsupported_media_type');
  });

  it('400 for two X-API-Key headers, even when they are equal', async () => {
    await expectOne(requestHead('GET /v1/apps', { 'X-API-Key': key, 'x-api-key': key }), 400, 'conflicting_credentials');
  });
});

/** One answer, the problem, nothing stored, and the server still there. */
async function expectOne(bytes: string | Uint8Array, status: number, code: string, options?: { thenEnd: boolean }): Promise<void> {
  const before = await tableChecksums(server.admin);
  const answers = await sendRaw(server.port, bytes, options);
  expect(answers.map((answer) => answer.status)).toEqual([status]);
  for (const answer of answers) expectProblem(answer, status, code);
  expect((await call(server.url, '/health/live')).status).toBe(200);
  expect(await tableChecksums(server.admin)).toEqual(before);
}
