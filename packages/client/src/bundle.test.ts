import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** 10 kB as esbuild counts them. */
const bundleBytesMax = 10 * 1024;

it('stays below 10 kB minified with all it needs, takes nothing of the contract along and runs without Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    conditions: ['@appstead/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    // A module of Node fails the build for this platform.
    platform: 'browser',
    metafile: true,
    write: false,
    outdir: 'out',
  });
  const bytes = outputFiles[0]?.contents.byteLength ?? 0;
  const packages = new Set(Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own'));
  console.log(`client bundle: ${bytes} bytes`);
  expect(packages).toEqual(new Set(['own', 'openapi-fetch']));
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('contract'))).toEqual([]);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(bundleBytesMax);
});
