import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, jupyterEnvironment, root, venvPython } from './paths.mjs';
import { run } from './process.mjs';

/**
 * Executes a notebook through a real kernel, cell by cell with progress, and reads the result back.
 * @param {string} notebook path of the `.ipynb`
 * @param {string} output where the executed notebook goes; the original isn't changed
 * @returns {Promise<object>} the executed notebook's JSON
 */
export async function executeNotebook(notebook, output) {
  mkdirSync(buildDir, { recursive: true });
  rmSync(output, { force: true });
  await run(venvPython, [join(root, 'scripts/execute_notebook.py'), notebook, output], {
    env: jupyterEnvironment(),
    show: true,
  });
  return JSON.parse(readFileSync(output, 'utf8'));
}

/** The `text/plain` of every output that carries the MIME type, in the order of the cells. */
export function plainTexts(notebook, mimeType) {
  return notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .filter((output) => output.data?.[mimeType])
    .map((output) => [output.data['text/plain'] ?? ''].flat().join(''));
}
