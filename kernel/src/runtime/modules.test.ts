import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';
import { ownSpecifiers } from './packages';

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Packages and files beside the notebook. */
const BESIDE = {
  'node_modules/esm-only/package.json': `{"name":"esm-only","version":"1.0.0","type":"module","exports":{"types":"./index.d.ts","import":"./index.js"}}`,
  'node_modules/esm-only/index.js': `export const waited = await Promise.resolve(5); export default function twice(n) { return 2 * n; }`,
  'node_modules/esm-only/index.d.ts': `export declare const waited: number; export default function twice(n: number): number;`,
  'node_modules/zod/package.json': `{"name":"zod","version":"0.0.1","main":"index.js","types":"index.d.ts"}`,
  'node_modules/zod/index.js': `exports.mine = 'beside the notebook';`,
  'node_modules/zod/index.d.ts': `export declare const mine: string;`,
  'node_modules/@tensorflow/tfjs/package.json': `{"name":"@tensorflow/tfjs","version":"0.0.1","main":"index.js","types":"index.d.ts"}`,
  'node_modules/@tensorflow/tfjs/index.js': `exports.wrong = true;`,
  'node_modules/@tensorflow/tfjs/index.d.ts': `export declare const wrong: boolean;`,
  'node_modules/uses-tfjs/package.json': `{"name":"uses-tfjs","version":"1.0.0","main":"index.js"}`,
  'node_modules/uses-tfjs/index.js': `exports.core = require('@tensorflow/tfjs-core'); exports.tf = require('@tensorflow/tfjs');`,
  'side.ts': `import { base } from './base';\nexport const sum = (n: number): number => n + base;\nexport function fails(): never {\n  throw new Error('in a file');\n}`,
  'base.ts': 'export const base: number = 40;',
  'data.json': '{"rows": [1, 2, 3]}',
} as const;

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open((cwd) => {
    write(cwd, BESIDE);
  });
});
afterAll(async () => {
  await notebook.close();
});

describe('in any folder', () => {
  it('resolves node modules with types, with and without the prefix', async () => {
    const { result } = await notebook.run(
      `import { join } from 'node:path';\nimport os from 'os';\n[join('a', 'b'), typeof os.cpus().length]`,
    );
    expect(result).toBe(`[ 'a/b', 'number' ]`);
    expect(errorOf(await notebook.run(`join(1)`)).ename).toBe('TypeScriptError');
  });

  it('loads an ES module with top-level await, statically and dynamically', async () => {
    const { result } = await notebook.run(
      `import twice, { waited } from 'esm-only';\ntwice(waited)`,
    );
    expect(result).toBe('10');
    expect((await notebook.run(`(await import('esm-only')).waited`)).result).toBe('5');
  });

  it('prefers a package beside the notebook to ours', async () => {
    expect((await notebook.run(`import { mine } from 'zod';\nmine`)).result).toBe(
      `'beside the notebook'`,
    );
  });

  it('falls back to our own packages where none is installed', async () => {
    const { result } = await notebook.run(
      `import { TraceMap } from '@jridgewell/trace-mapping';\ntypeof TraceMap`,
    );
    expect(result).toBe(`'function'`);
  });

  it('reports a package that is nowhere as a type error', async () => {
    const error = errorOf(await notebook.run(`import { x } from 'no-such-package-at-all';\nx`));
    expect(error.evalue).toContain(`Cannot find module 'no-such-package-at-all'`);
  });

  it('reports a package that is missing at run time as an error of the cell', async () => {
    const error = errorOf(await notebook.run(`await import('no-such-package' as string)`));
    expect(error.evalue).toContain('no-such-package');
  });

  it('finds a package that is installed while the notebook is open', async () => {
    expect((await notebook.run(`import { now } from 'installed-later';\nnow`)).outcome.status).toBe(
      'error',
    );
    write(notebook.cwd, {
      'node_modules/installed-later/package.json': `{"name":"installed-later","version":"1.0.0","main":"index.js","types":"index.d.ts"}`,
      'node_modules/installed-later/index.js': `exports.now = 'here';`,
      'node_modules/installed-later/index.d.ts': `export declare const now: string;`,
    });
    expect((await notebook.run(`import { now } from 'installed-later';\nnow`)).result).toBe(
      `'here'`,
    );
  });

  it('compiles TypeScript files beside the notebook, and again after a change', async () => {
    expect((await notebook.run(`import { sum } from './side';\nsum(2)`)).result).toBe('42');
    await new Promise((wait) => setTimeout(wait, 20));
    write(notebook.cwd, { 'base.ts': 'export const base: number = 100;' });
    expect((await notebook.run(`import { sum } from './side';\nsum(2)`)).result).toBe('102');
  });

  it('reads JSON, __dirname and import.meta from the notebook folder', async () => {
    const { result } = await notebook.run(
      `import data from './data.json';\n[data.rows.length, __dirname === process.cwd(), import.meta.url.startsWith('file://')]`,
    );
    expect(result).toBe('[ 3, true, true ]');
  });
});

describe('tfjs and halfnote', () => {
  it('are ours with their types, whatever is installed beside the notebook', async () => {
    const { result } = await notebook.run(
      `import * as tf from '@tensorflow/tfjs';\nconst t: tf.Tensor = tf.tensor([[1, 2], [3, 4]]);\nt.matMul(t).dataSync().join()`,
    );
    expect(result).toBe(`'7,10,15,22'`);
  });

  it.each(ownSpecifiers())('is found as %s, with its types', async (name) => {
    const { result } = await notebook.run(
      `import * as own from '${name}';\nObject.keys(own).length > 0`,
    );
    expect(result).toBe('true');
    const error = errorOf(await notebook.run(`import * as own from '${name}';\nown.nothing`));
    expect(error.evalue).toContain(`Property 'nothing' does not exist`);
  });

  it('says of a part that is not exported that it is none', async () => {
    const error = errorOf(await notebook.run(`await import('halfnote/inside' as string)`));
    expect(error.evalue).toContain('\'./inside\' is not defined by "exports"');
  });

  it('keep the type of a tensor for the next cells', async () => {
    await notebook.run('const inferred = tf.layers.dense({ units: 1 });');
    const { matches } = await notebook.runtime.complete('inferred.', 9);
    expect(matches).toEqual(expect.arrayContaining(['apply', 'getWeights']));
    expect(errorOf(await notebook.run('inferred.nothing')).evalue).toContain(
      `Property 'nothing' does not exist`,
    );
  });

  it('have a backend set before the cell sees them', async () => {
    expect((await notebook.run('tf.getBackend()')).result).toMatch(/^'(tensorflow|wasm)'$/);
  });

  it('are one engine for packages that require them, and for import()', async () => {
    const { result } = await notebook.run(
      `const other: any = await import('uses-tfjs');\nconst dynamic = await import('@tensorflow/tfjs');\n[other.tf.engine() === tf.engine(), other.core.engine() === tf.engine(), dynamic.engine() === tf.engine()]`,
    );
    expect(result).toBe('[ true, true, true ]');
  });

  it('show tensors with shape, dtype and values, also disposed ones', async () => {
    expect((await notebook.run('const shown = tf.tensor([1, 2.5]); shown')).result).toBe(
      'Tensor float32 [2]\n    [1, 2.5]',
    );
    expect((await notebook.run('shown.dispose(); shown')).result).toBe(
      'Tensor float32 [2] (disposed)',
    );
  });

  it('give halfnote with its types by import and import()', async () => {
    const { result } = await notebook.run(
      `import { HalfnoteError } from 'halfnote';\nconst again = await import('halfnote');\nagain.HalfnoteError === HalfnoteError`,
    );
    expect(result).toBe('true');
    expect(errorOf(await notebook.run(`(await import('halfnote')).noSuchExport`)).ename).toBe(
      'TypeScriptError',
    );
  });
});
