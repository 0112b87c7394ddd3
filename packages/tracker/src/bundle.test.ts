import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const gzipBytesMax = 4_096;

it('stays below 4,096 bytes minified and compressed, has no dependency and runs without Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    conditions: ['@appstead/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    // A module of Node fails the build for this platform.
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
    outdir: 'out',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const bytes = gzipSync(code, { level: 9 }).byteLength;
  console.log(`tracker bundle: ${code.byteLength} bytes, ${bytes} compressed`);
  expect(Object.keys(metafile.inputs).filter((path) => !path.startsWith('packages/tracker/src/'))).toEqual([]);
  expect(bytes).toBeGreaterThan(2_000);
  expect(bytes).toBeLessThan(gzipBytesMax);
});
