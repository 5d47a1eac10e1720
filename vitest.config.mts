import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { ImportGraph } from './scripts/lib/import-graph.mjs';
import { root } from './scripts/lib/paths.mjs';

const { pureTests: pure, mockingTests: mocking } = new ImportGraph();

/** Where Vitest waits for changes, it has to know the sources. */
const watches = !process.argv.includes('run');

/**
 * Has tests import the kernel as it was compiled: hundreds of modules that Vitest transforms and
 * evaluates for each file of tests take it twice as long as Node.js.
 */
const compiledKernel: Plugin = {
  name: 'compiled-kernel',
  enforce: 'pre',
  resolveId(name, importer) {
    if (watches || importer === undefined || !name.startsWith('.')) return undefined;
    const sources = join(root, 'kernel/src/');
    const file = resolve(dirname(importer), name);
    if (!file.startsWith(sources)) return undefined;
    const module = join(root, 'kernel/dist', file.slice(sources.length)).replace(/\.js$/, '');
    const id = [`${module}.js`, join(module, 'index.js')].find((path) => existsSync(path));
    return id === undefined ? undefined : { id, external: true };
  },
};

export default defineConfig({
  test: {
    pool: 'forks',
    globalSetup: join(root, 'test/support/build-first.ts'),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    alias: [
      { find: /^@tensorflow\/tfjs$/, replacement: join(root, 'test/support/tfjs.cjs') },
      { find: /^typescript$/, replacement: join(root, 'test/support/typescript.cjs') },
    ],
    server: { deps: { external: [/test\/support\/\w+\.cjs$/, /kernel\/dist\//] } },
    projects: [
      // They compute and leave nothing behind, so that a worker serves many of them.
      {
        extends: true,
        plugins: [compiledKernel],
        test: {
          name: 'pure',
          include: pure,
          isolate: false,
          setupFiles: ['test/support/leave-nothing.ts'],
        },
      },
      {
        extends: true,
        plugins: [compiledKernel],
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
          exclude: [...pure, ...mocking],
        },
      },
      // What is compiled is Node.js's, in which nothing can take a module's place.
      { extends: true, test: { name: 'mocking', retry: 1, include: mocking } },
    ],
  },
});
