import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'tracker',
    include: ['src/**/*.test.ts'],
    // An answer that is polled for comes over HTTP, and the machine may be busy.
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 20_000,
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
});
