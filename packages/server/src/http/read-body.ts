import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import contentType from 'content-type';
import getRawBody from 'raw-body';
import type { IndexedOperation } from './contract-index.ts';
import { httpProblems } from './http-problems.ts';
import { parseJson } from './parse-json.ts';

const decoders = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * Reads and parses the body of an operation that takes one, bounded on the wire and after decompression.
 * Throws 400, 413 or 415. `undefined` when there is no body.
 */
export async function readBody(req: IncomingMessage, operation: IndexedOperation): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  if (!acceptedType(req, operation)) throw httpProblems.unsupported_media_type(`Send the body as ${operation.bodyTypes.join(' or ')}`);
  const bytes = await readBytes(req, operation.bodyBytesMax);
  return bytes.length === 0 ? undefined : parseJson(bytes, operation.bodyValuesMax);
}

export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || (req.headers['content-length'] ?? '0') !== '0';
}

function acceptedType(req: IncomingMessage, operation: IndexedOperation): boolean {
  try {
    const { type, parameters } = contentType.parse(req.headers['content-type'] ?? '');
    // RFC 8259 8.1: JSON is UTF-8. Another charset would be read wrongly, so it is refused.
    return operation.bodyTypes.includes(type) && /^utf-?8$/i.test(parameters.charset ?? 'utf-8');
  } catch {
    return false;
  }
}

async function readBytes(req: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const tooLarge = () =>
    httpProblems.payload_too_large(`The body may have at most ${bytesMax} bytes`, { headers: { Connection: 'close' } });
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
  const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase();
  try {
    if (encoding === 'identity') return await getRawBody(req, { limit: bytesMax });
    if (!Object.hasOwn(decoders, encoding))
      throw httpProblems.unsupported_media_type('Send the body plain, or with Content-Encoding gzip, deflate or br');
    const decoder = decoders[encoding as keyof typeof decoders]();
    // Compressed data can go on without end and come to nothing, so what arrives is counted as well as what comes out.
    let wireBytes = 0;
    req.on('data', (chunk: Buffer) => {
      wireBytes += chunk.length;
      if (wireBytes > bytesMax) decoder.destroy(tooLarge());
    });
    req.on('aborted', () => decoder.destroy(new Error('request aborted')));
    return await getRawBody(req.pipe(decoder), { limit: bytesMax });
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') throw tooLarge();
    if (error instanceof Error && error.name === 'Problem') throw error;
    throw httpProblems.malformed_body('The body could not be read', { cause: error });
  } finally {
    if (!req.complete) req.unpipe().resume();
  }
}
