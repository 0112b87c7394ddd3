import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'scripts', include: ['**/*.test.mjs'], pool: 'threads', isolate: false, testTimeout: 120_000, hookTimeout: 120_000 },
});
