/**
 * What `npm run check` checks, in this order: the contract first, since everything is made from it. Each is one command, run in the root of
 * the repository with `node_modules/.bin` on the path.
 */
export const checks = [
  { name: 'lint', about: 'openapi.yaml keeps the recommended and the house rules', command: 'node scripts/check-lint.mjs' },
  { name: 'examples', about: 'every example of the contract fits its schema', command: 'node --import tsx scripts/check-examples.mjs' },
  { name: 'breaking', about: 'no caller of the released contract breaks', command: 'node scripts/check-breaking.mjs' },
  { name: 'operations', about: 'docs/operations.md is current', command: 'node scripts/check-operations.mjs' },
  { name: 'problems', about: 'contract, server and docs know the same problem codes', command: 'node scripts/check-problems.mjs' },
  { name: 'format', about: 'the sources are formatted and lint-clean', command: 'biome check --error-on-warnings .' },
  { name: 'build', about: 'everything is generated and compiles', command: 'turbo run build --concurrency=2 --output-logs=errors-only' },
  { name: 'types', about: 'so do the tests', command: 'tsc -b' },
  { name: 'unused', about: 'no file, export or dependency is without use', command: 'knip' },
  { name: 'packages', about: 'the published packages can be imported', command: 'node scripts/check-packages.mjs' },
];
