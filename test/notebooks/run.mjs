#!/usr/bin/env node
/**
 * Executes every notebook under notebooks/ through a real kernel: one case each. It passes if every code
 * cell ran and none put out an error; the executed copies stay in build/. What a notebook says of its
 * results, its cells assert. Names given as arguments choose notebooks, for example `training/fp8`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { executeNotebooks, readNotebook } from '../../scripts/lib/notebook.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';

const folder = join(root, 'notebooks');
const chosen = process.argv.slice(2);
const names = readdirSync(folder, { recursive: true })
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

const notebooks = names.map((name) => ({
  name,
  notebook: join(folder, name),
  output: join(buildDir, 'notebooks', name),
}));
let failure;
if (notebooks.length > 0)
  await executeNotebooks(notebooks).catch((error) => {
    failure = error;
  });
let failed = 0;
console.log();
for (const { name, output } of notebooks) {
  const found = existsSync(output) ? problems(readNotebook(output)) : ['it was not executed'];
  if (found.length > 0) failed++;
  console.log(found.length === 0 ? `✓ ${name}` : `✗ ${name}: ${found.join('; ')}`);
}
if (failure !== undefined && failed === 0) {
  // A kernel that died behind its last output, a cell that took too long: it stands above.
  failed++;
  console.log(`✗ ${failure.message}`);
}
console.log(`${notebooks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 || notebooks.length === 0 ? 1 : 0;
