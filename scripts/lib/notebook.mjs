import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jupyterEnvironment, root, venvPython } from './paths.mjs';
import { run } from './process.mjs';

/**
 * Executes notebooks one after another, each through a kernel of its own, cell by cell with progress.
 * Rejects when it is through with all if one did not run to its end.
 * @param {readonly {notebook: string, output: string}[]} notebooks paths of the `.ipynb`, and of where the
 * executed one goes; the original isn't changed
 * @param {{env?: NodeJS.ProcessEnv}} [options] the environment in which Jupyter looks for kernels
 */
export async function executeNotebooks(notebooks, { env = jupyterEnvironment() } = {}) {
  for (const { output } of notebooks) {
    mkdirSync(dirname(output), { recursive: true });
    rmSync(output, { force: true });
  }
  const paths = notebooks.flatMap(({ notebook, output }) => [notebook, output]);
  await run(venvPython, [join(root, 'scripts/execute_notebook.py'), ...paths], {
    env,
    show: true,
  });
}

/** The JSON of an executed notebook. */
export function readNotebook(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** What the cells of a notebook put out, in their order. */
export function outputsOf({ cells }) {
  return cells.flatMap((cell) => cell.outputs ?? []);
}

/** What every output that carries the MIME type has under it. */
export function payloads(notebook, mimeType) {
  return outputsOf(notebook)
    .map((output) => output.data?.[mimeType])
    .filter(Boolean);
}

/** The `text/plain` of every output that carries the MIME type, in the order of the cells. */
export function plainTexts(notebook, mimeType) {
  return outputsOf(notebook)
    .filter((output) => output.data?.[mimeType])
    .map((output) => [output.data['text/plain'] ?? ''].flat().join(''));
}

/** What of this machine stands in a notebook that is to be stored, a sentence each: its places and its name. */
export function traces(path) {
  const text = readFileSync(path, 'utf8');
  return [root, homedir(), join(tmpdir(), '/'), hostname()]
    .filter((trace) => trace.length > 3 && text.includes(trace))
    .map((trace) => `${trace} stands in it, which is of this machine`);
}

const DATA_URL = /src="data:image\/svg\+xml;charset=utf-8,([^"]*)"/;

/** The first picture that an executed notebook drew itself, as SVG; undefined without one. Views are none. */
export function firstPicture(notebook) {
  return outputsOf(notebook)
    .filter(
      ({ data = {} }) => !Object.keys(data).some((mime) => mime.startsWith('application/vnd.')),
    )
    .map(({ data = {} }) => {
      const [, encoded] = DATA_URL.exec([data['text/html'] ?? ''].flat().join('')) ?? [];
      return encoded === undefined ? undefined : decodeURIComponent(encoded);
    })
    .find((svg) => svg !== undefined);
}
