import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'docs',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/testing/built-site.ts'],
    // The samples of a guide are compiled together with the client and the contract: seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
