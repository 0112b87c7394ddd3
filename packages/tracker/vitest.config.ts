import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@appstead/source'] },
  ssr: { resolve: { conditions: ['@appstead/source'] } },
  test: {
    name: 'tracker',
    include: ['src/**/*.test.ts'],
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
});
