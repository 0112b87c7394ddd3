import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EgressError } from './egress-error.ts';

const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

export type Bounded = { bytes: Buffer; isCut: boolean };

/**
 * The first bytes of an answer, unpacked, and no more of them than `bytesMax`, whatever it claims or unpacks to. What is longer is cut off, or
 * with `isWhole` an EgressError; so is what cannot be unpacked.
 */
export async function readBounded(body: Readable, encoding: string | undefined, bytesMax: number, isWhole: boolean): Promise<Bounded> {
  const source = decode(body, encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const room = bytesMax - size;
      if (chunk.length > room) {
        if (isWhole) throw new EgressError('too_large');
        return { bytes: Buffer.concat([...chunks, chunk.subarray(0, room)]), isCut: true };
      }
      chunks.push(chunk);
      size += chunk.length;
    }
    return { bytes: Buffer.concat(chunks), isCut: false };
  } finally {
    if (source !== body) source.destroy();
    await discard(body);
  }
}

/** Ends an answer that nobody reads. Its connection ends with it, unless all of it had come. */
async function discard(body: Readable): Promise<void> {
  if (body.closed) return;
  // Without a listener, the error of a body that was cut off ends the process.
  body.on('error', () => {});
  body.destroy();
  if (!body.closed) await once(body, 'close');
}

function decode(body: Readable, encoding: string | undefined): Readable {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return body;
  const make = decoders[name as keyof typeof decoders];
  // Two of them in a row, or one nobody asked for.
  if (!make) throw new EgressError('connection');
  const decoder = make();
  body.on('error', (error) => decoder.destroy(error));
  return body.pipe(decoder);
}
