#!/usr/bin/env node
/** Executes every notebook under notebooks/ through a real kernel; a cell that fails fails its notebook. */
import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { executeNotebook } from '../../scripts/lib/notebook.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';

const folder = join(root, 'notebooks');
const notebooks = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.ipynb') && !name.includes('.ipynb_checkpoints'))
  .sort();

let failed = 0;
for (const name of notebooks) {
  const path = join(folder, name);
  console.log(relative(root, path));
  try {
    const executed = await executeNotebook(path, join(buildDir, `test-${basename(name)}`));
    const silent = executed.cells.filter((cell) => cell.cell_type === 'code' && cell.execution_count === null);
    if (silent.length > 0) throw new Error(`${silent.length} cells were not executed`);
    console.log(`✓ ${name}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}: ${error.message}`);
  }
}
console.log(`${notebooks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 || notebooks.length === 0 ? 1 : 0;
