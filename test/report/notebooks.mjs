/** Notebooks that the suite reports on. */

/** @param {readonly string[]} sources of code cells, below a title */
export function notebook(...sources) {
  const code = sources.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: 'code',
    source,
    metadata: {},
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

export const FAILING = notebook(`1 + 1`, `throw new RangeError('too far')`, `2 + 2`);
