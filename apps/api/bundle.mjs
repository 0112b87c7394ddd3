/**
 * Run by the build script, after the compiler: makes `dist/main.js`, the program of `npm start`, out of `dist/modules` and of everything a start
 * loads. A start spends most of its time on finding and reading files, and this is one instead of seven hundred; what is loaded later is in
 * files of its own beside it.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('./dist/', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Packages that find files of their own beside them, WebAssembly, native code and templates; and one that `pg` can do without. */
const external = ['@electric-sql/pglite', '@node-rs/argon2', 'ajv', 'ajv-formats', 'express-openapi-validator', 'pg-native'];

/** Packages that are loaded later stay where they are: of one in CommonJS a bundle would not know the names that it exports. */
const leaveLaterPackages = {
  name: 'leave-later-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined));
  },
};

/** Migrations, workers and pages are found relative to the module that names them; in the bundle it keeps the address that it has outside. */
const keepAddresses = {
  name: 'keep-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](packages|apps)[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const address = JSON.stringify(relative(dist, path).split(sep).join('/'));
      return { contents: text.replaceAll('import.meta.url', `new URL(${address}, import.meta.url).href`) };
    });
  },
};

for (const name of readdirSync(dist)) if (/\.js(\.map)?$/.test(name)) rmSync(`${dist}${name}`);
await build({
  entryPoints: [`${dist}modules/main.js`],
  outdir: dist,
  absWorkingDir: repository,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  external,
  plugins: [leaveLaterPackages, keepAddresses],
  // What is CommonJS asks for modules of Node by `require`.
  banner: { js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);" },
});
