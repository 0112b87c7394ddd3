import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: { name: 'contract-test', include: ['src/**/*.test.ts'], testTimeout: 60_000 },
});
