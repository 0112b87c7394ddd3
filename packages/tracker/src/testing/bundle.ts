import { type BuildOptions, build } from 'esbuild';

/** The package as one module, as `bundle.mjs` makes it, but in memory. A module of Node.js fails the build. */
export async function bundle(): Promise<{ code: string; inputs: string[] }> {
  const options = {
    entryPoints: [new URL('../index.ts', import.meta.url).pathname],
    conditions: ['@appstead/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
    outdir: 'out',
  } satisfies BuildOptions;
  const { outputFiles, metafile } = await build(options);
  return { code: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}
