import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'database',
    include: ['src/**/*.test.ts'],
    // What is said of PostgreSQL alone needs a server; everything else runs on PGlite too.
    exclude: process.env.TEST_DATABASE_URL ? [] : ['src/postgresql/**'],
    // The first boot of PGlite initialises a whole PostgreSQL cluster: seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
