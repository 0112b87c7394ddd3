/** Makes `dist/tracker.min.js`, the package as one file, for pages without a bundler: part of `npm run build -w packages/tracker`. */
import { build } from 'esbuild';

await build({
  entryPoints: ['src/index.ts'],
  conditions: ['@appstead/source'],
  outfile: 'dist/tracker.min.js',
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'warning',
});
