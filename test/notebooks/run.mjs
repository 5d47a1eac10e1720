#!/usr/bin/env node
/**
 * Executes every notebook under notebooks/ through a real kernel: one case each. It passes if every code
 * cell ran, none put out an error, and those that passed wrote nothing to stderr, which graders take for a
 * failure; the executed copies stay in build/. What a notebook says of its
 * results, its cells assert. Names given as arguments choose notebooks, for example `training/fp8`. With
 * `--store` those that pass replace the ones under notebooks/, outputs and all: for an idle machine.
 */
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { executeNotebooks, readNotebook, traces } from '../../scripts/lib/notebook.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { claimsWithoutFigure } from './claims.mjs';

const folder = join(root, 'notebooks');
const stores = process.argv.includes('--store');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--store');
const names = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.ipynb') && !name.includes('.ipynb_checkpoints'))
  .filter((name) => !stores || !name.startsWith('research'))
  .filter((name) => chosen.length === 0 || chosen.some((part) => name.includes(part)))
  .sort();

/** What is wrong with an executed notebook: cells without a number, error outputs, and words on stderr. */
function problems({ cells }) {
  const code = cells.filter(({ cell_type, source }) => cell_type === 'code' && source.length > 0);
  const silent = code.filter(({ execution_count }) => execution_count === null);
  const errors = code.flatMap(({ outputs }) =>
    outputs.filter(({ output_type }) => output_type === 'error'),
  );
  const grumbles = code.flatMap(({ outputs }) =>
    outputs.filter(({ output_type, name }) => output_type === 'stream' && name === 'stderr'),
  );
  return [
    ...(code.length === 0 ? ['it has no code cells'] : []),
    ...(silent.length > 0 ? [`${silent.length} cells were not executed`] : []),
    ...errors.map(({ ename, evalue }) => `${ename}: ${evalue}`),
    ...grumbles.map(({ text }) => `on stderr: ${[text].flat().join('').trim()}`),
  ];
}

// Studies run on few seeds: that they work is what is tested. `npm run verdicts` runs and stores them whole.
process.env.HALFNOTE_SHORT_FORM = '1';
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
for (const { name, notebook, output } of notebooks) {
  const found = existsSync(output)
    ? [...problems(readNotebook(output)), ...claimsWithoutFigure(name, readNotebook(output))]
    : ['it was not executed'];
  if (stores && found.length === 0) found.push(...traces(output));
  if (stores && found.length === 0) copyFileSync(output, notebook);
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
