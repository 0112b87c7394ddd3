import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundle } from './testing/bundle.ts';

const gzipBytesMax = 4_096;

it('stays below 4,096 bytes minified and compressed, has no dependency and runs without Node', async () => {
  const { code, inputs } = await bundle();
  const bytes = gzipSync(code, { level: 9 }).byteLength;
  console.log(`tracker bundle: ${Buffer.byteLength(code)} bytes, ${bytes} compressed`);
  expect(inputs.filter((path) => !path.includes('packages/tracker/src/'))).toEqual([]);
  expect(bytes).toBeGreaterThan(2_000);
  expect(bytes).toBeLessThan(gzipBytesMax);
});
