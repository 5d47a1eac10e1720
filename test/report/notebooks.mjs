/** Notebooks that the suite reports on. */

/** @param {readonly string[]} sources of code cells, below a title; the first may be of parameters */
export function notebook(...sources) {
  const code = sources.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: 'code',
    source,
    metadata: source.startsWith('// Defaults') ? { tags: ['parameters'] } : {},
    outputs: [],
    execution_count: null,
  }));
  const title = { id: 'title', cell_type: 'markdown', source: '# Tiny', metadata: {} };
  return `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [title, ...code] })}\n`;
}

/** Reads a file, works, and scores what the environment says, so that another score can be had. */
export const TINY = notebook(
  `import { readFileSync } from 'node:fs';
const rows = readFileSync('data.csv', 'utf8').trim().split('\\n').length;
rows`,
  `let sum = 0;
for (let i = 0; i < 5e8; i++) sum += i % 7;
sum`,
  `import { recordResult } from 'halfnote';
recordResult('accuracy', Number(process.env.TEST_ACCURACY ?? 0.9) + rows / 1000);`,
);

/** Its only cell never ends: another one before it could take as long in a kernel that has just started. */
export const LATE = notebook(`while (true) {}`);

export const FAILING = notebook(`1 + 1`, `throw new RangeError('too far')`, `2 + 2`);

/** Of which a parameter can be set; its last cell fails. */
export const PARAMETERS = notebook(
  `// Defaults
let rounds = 1;`,
  `import { recordResult } from 'halfnote';
recordResult('rounds', rounds);`,
  `throw new RangeError('too far')`,
);

/** Depends on files in every way that is found, and writes one of them. */
export const READING = notebook(
  `import { twice } from './helper';
import table from './table.json' with { type: 'json' };
import { plain } from './plain.mjs';
twice(table.rows) + plain;`,
  `import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
const read = (name: string) => \`require('node:fs').readFileSync(\${JSON.stringify(name)})\`;
execFileSync(process.execPath, ['-e', read('child.txt')]);
await new Promise((ended) => new Worker(read('worker.txt'), { eval: true }).on('exit', ended));
// setSeed(5) in a comment sets none, and %seed 6 neither.
const runs = Number(readFileSync('state.txt', 'utf8'));
writeFileSync('state.txt', String(runs + 1));
runs;`,
  `import { setSeed } from 'halfnote';
const seed = 42_000 + 1;
setSeed(seed);`,
);

export const READ_FILES = {
  'helper.ts':
    "import { two } from './deeper';\nexport const twice = (x: number): number => two * x;\n",
  'deeper.ts': 'export const two = 2;\n',
  'table.json': '{ "rows": 3 }\n',
  'plain.mjs': 'export const plain = 1;\n',
  'child.txt': 'child',
  'worker.txt': 'worker',
  'state.txt': '0',
};
