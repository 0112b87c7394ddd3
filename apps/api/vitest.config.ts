import { defineConfig } from 'vitest/config';

// What a database server alone can go through is tested in the pass that has one.
const postgresqlOnly = process.env.TEST_DATABASE_URL ? [] : ['src/**/*.postgresql.test.ts'];

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'api',
    include: ['src/**/*.test.ts'],
    exclude: postgresqlOnly,
    // Every test starts whole processes, from source: many seconds each on a busy machine.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
