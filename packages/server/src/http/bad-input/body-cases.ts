import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type BadCase, createWith, invalid, refused } from './case.ts';

const bytesMax = 1024 * 1024;
const malformed = (name: string, raw: string | Uint8Array, headers?: Record<string, string>): BadCase =>
  refused(name, 400, 'malformed_body', createWith(raw, headers));
const unstorable = (name: string, raw: string): BadCase => refused(name, 400, 'invalid_characters', createWith(raw));
const tooDeep = (name: string, raw: string): BadCase => refused(name, 400, 'too_deeply_nested', createWith(raw));
const unsupported = (name: string, headers: Record<string, string>, raw: string | Uint8Array = '{"name":"bad"}'): BadCase =>
  refused(name, 415, 'unsupported_media_type', createWith(raw, headers));
/** Gets as far as the rules of the fields, which is how a media type shows that it was taken. */
const reachesFields = (name: string, headers: Record<string, string>, raw: string | Uint8Array = '{"name":""}'): BadCase =>
  invalid(name, 'body.name', createWith(raw, headers));

const padded = (text: string, length: number) => Buffer.from(text.padEnd(length));
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const gzip = { 'Content-Encoding': 'gzip' };
const goodGzip = gzipSync('{"name":"bad"}');

export const bodyCases: BadCase[] = [
  invalid('an empty body', 'body', createWith('')),
  malformed('white space instead of a body', ' \n'),
  malformed('a truncated body', '{"name":"ba'),
  malformed('a trailing comma', '{"name":"bad",}'),
  malformed('single quotes', "{'name':'bad'}"),
  malformed('a comment', '{"name":"bad"} // hello'),
  malformed('NaN', '{"name":"bad","data_retention_days":NaN}'),
  malformed('two documents', '{"name":"bad"}{"name":"bad"}'),
  malformed('a raw NUL', '{"name":"b\0d"}'),
  malformed('a raw line feed in a string', '{"name":"b\nd"}'),
  malformed('half an escape', '{"name":"\\u12"}'),
  malformed('a byte that is not UTF-8', bytes('{"name":"', [0xff], '"}')),
  malformed('an overlong slash', bytes('{"name":"', [0xc0, 0xaf], '"}')),
  malformed('a surrogate encoded in UTF-8', bytes('{"name":"', [0xed, 0xa0, 0x80], '"}')),
  malformed('half a character at the end', bytes('{"name":"bad"}', [0xe2, 0x82])),
  malformed(
    'UTF-16 with its mark',
    bytes(
      [0xff, 0xfe],
      [...'{"name":"bad"}'].flatMap((letter) => [letter.charCodeAt(0), 0]),
    ),
  ),
  malformed('more values than a body may have', `{"name":"bad","x":[${'0,'.repeat(200_001)}0]}`),
  invalid('null as the body', 'body', createWith('null')),
  invalid('an array as the body', 'body', createWith('[{"name":"bad"}]')),
  invalid('a string as the body', 'body', createWith('"bad"')),
  invalid('a number as the body', 'body', createWith('7')),
  invalid('true as the body', 'body', createWith('true')),

  unstorable('an escaped NUL', '{"name":"b\\u0000d"}'),
  unstorable('an escaped NUL in a name of a field', '{"name":"bad","engagement_credentials":{"a\\u0000":"b"}}'),
  unstorable('a lone high surrogate', '{"name":"b\\ud800d"}'),
  unstorable('a lone low surrogate', '{"name":"b\\udc00d"}'),
  unstorable('surrogates in the wrong order', '{"name":"b\\udc00\\ud800d"}'),
  unstorable('a lone surrogate in an array', '{"name":"bad","authorized_domains":["\\ud83d"]}'),
  tooDeep('10,000 nested objects', `{"name":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`),
  tooDeep('10,000 nested arrays', `{"name":"bad","authorized_domains":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  tooDeep('10,000 brackets that are never closed', '['.repeat(10_000)),
  tooDeep('65 nested arrays', `{"x":${'['.repeat(64)}${']'.repeat(64)}}`),
  malformed('only closing brackets', ']'.repeat(10_000)),

  refused('1 MiB and a byte', 413, 'payload_too_large', createWith(padded('{"name":"bad"}', bytesMax + 1))),
  reachesFields('exactly 1 MiB is not too large', {}, padded('{"name":""}', bytesMax)),
  refused('a gzip bomb', 413, 'payload_too_large', createWith(gzipSync(padded('{"name":"bad"}', 32 * bytesMax)), gzip)),
  refused('1 MiB and a byte after gzip', 413, 'payload_too_large', createWith(gzipSync(padded('{"name":"bad"}', bytesMax + 1)), gzip)),
  reachesFields('exactly 1 MiB after gzip is not too large', gzip, gzipSync(padded('{"name":""}', bytesMax))),
  malformed('gzip that is none', '{"name":"bad"}', gzip),
  malformed('gzip cut off', goodGzip.subarray(0, -9), gzip),
  malformed('gzip with a wrong checksum', Buffer.concat([goodGzip.subarray(0, -8), Buffer.alloc(8, 7)]), gzip),
  malformed('brotli that is none', '{"name":"bad"}', { 'Content-Encoding': 'br' }),
  malformed('deflate that is none', '{"name":"bad"}', { 'Content-Encoding': 'deflate' }),
  reachesFields('brotli is taken', { 'Content-Encoding': 'br' }, brotliCompressSync('{"name":""}')),
  unsupported('an unknown encoding', { 'Content-Encoding': 'zstd' }),
  unsupported('two encodings', { 'Content-Encoding': 'gzip, gzip' }, gzipSync(goodGzip)),
  unsupported('an encoding named like a property of every object', { 'Content-Encoding': 'constructor' }),

  unsupported('an empty media type', { 'Content-Type': '' }),
  unsupported('text', { 'Content-Type': 'text/plain' }),
  unsupported('XML', { 'Content-Type': 'application/xml' }),
  unsupported('a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'name=bad'),
  unsupported('a multipart form', { 'Content-Type': 'multipart/form-data; boundary=x' }, '--x--'),
  unsupported('JSON that is more than JSON', { 'Content-Type': 'application/merge-patch+json' }),
  unsupported('half a media type', { 'Content-Type': 'application/' }),
  unsupported('no media type', { 'Content-Type': 'json' }),
  unsupported('two media types', { 'Content-Type': 'application/json, text/plain' }),
  unsupported('charset=utf-16', { 'Content-Type': 'application/json; charset=utf-16' }),
  unsupported('charset=iso-8859-1', { 'Content-Type': 'application/json; charset=iso-8859-1' }),
  reachesFields('charset=utf-8 is taken', { 'Content-Type': 'application/json; charset="UTF-8"' }),
  reachesFields('another parameter is taken', { 'Content-Type': 'application/json; profile=x' }),
  reachesFields('capital letters are taken', { 'Content-Type': 'Application/JSON' }),
];
