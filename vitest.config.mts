import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ImportGraph } from './scripts/lib/import-graph.mjs';
import { root } from './scripts/lib/paths.mjs';

const pure = new ImportGraph().pureTests;

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    alias: [
      { find: /^@tensorflow\/tfjs$/, replacement: join(root, 'test/support/tfjs.cjs') },
      { find: /^typescript$/, replacement: join(root, 'test/support/typescript.cjs') },
    ],
    server: { deps: { external: [/test\/support\/\w+\.cjs$/] } },
    projects: [
      // They compute and leave nothing behind, so that a worker serves many of them.
      {
        extends: true,
        test: {
          name: 'pure',
          include: pure,
          isolate: false,
          setupFiles: ['test/support/leave-nothing.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          // They wait for processes and timers on machines that do other things. Which one needed it is said.
          retry: 1,
          include: [
            'kernel/src/**/*.test.ts',
            'extension/src/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'test/support/**/*.test.ts',
          ],
          exclude: pure,
        },
      },
    ],
  },
});
