#!/usr/bin/env node
/**
 * Executes every notebook under notebooks/ through a real kernel: one case each. It passes if every code
 * cell ran and none put out an error; the executed copies stay in build/. What a notebook says of its
 * results, its cells assert. Names given as arguments choose notebooks, for example `training/fp8`.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { executeNotebook } from '../../scripts/lib/notebook.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';

const folder = join(root, 'notebooks');
const chosen = process.argv.slice(2);
const notebooks = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.ipynb') && !name.includes('.ipynb_checkpoints'))
  .filter((name) => chosen.length === 0 || chosen.some((part) => name.includes(part)))
  .sort();

/** What is wrong with an executed notebook: cells without a number, and error outputs. */
function problems({ cells }) {
  const code = cells.filter(({ cell_type, source }) => cell_type === 'code' && source.length > 0);
  const silent = code.filter(({ execution_count }) => execution_count === null);
  const errors = code.flatMap(({ outputs }) =>
    outputs.filter(({ output_type }) => output_type === 'error'),
  );
  return [
    ...(code.length === 0 ? ['it has no code cells'] : []),
    ...(silent.length > 0 ? [`${silent.length} cells were not executed`] : []),
    ...errors.map(({ ename, evalue }) => `${ename}: ${evalue}`),
  ];
}

let failed = 0;
for (const name of notebooks) {
  console.log(`notebooks/${name}`);
  const start = performance.now();
  try {
    const output = join(buildDir, 'notebooks', name);
    mkdirSync(dirname(output), { recursive: true });
    const found = problems(await executeNotebook(join(folder, name), output));
    if (found.length > 0) throw new Error(found.join('; '));
    console.log(`✓ ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}: ${error.message}`);
  }
}
console.log(`${notebooks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 || notebooks.length === 0 ? 1 : 0;
