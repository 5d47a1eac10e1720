import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['kernel/src/**/*.test.ts', 'extension/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
