import { defineConfig } from 'vitest/config';

// What takes several sessions of a database server is tested in the pass that has one.
const postgresqlOnly = process.env.TEST_DATABASE_URL ? [] : ['src/**/*.postgresql.test.ts'];

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: { name: 'server', include: ['src/**/*.test.ts'], exclude: postgresqlOnly, testTimeout: 60_000, hookTimeout: 60_000 },
});
