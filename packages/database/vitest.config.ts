import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'database',
    include: ['src/**/*.test.ts'],
    // The first boot of PGlite initialises a whole PostgreSQL cluster: seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
