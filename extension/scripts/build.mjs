import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeStaleOutputs } from '../../scripts/lib/stale-outputs.mjs';

const NAME = 'halfnote-lab';

/**
 * Compiles the extension and bundles it for JupyterLab 4 and Notebook 7. The kernel must have been
 * compiled. Nothing is fetched.
 * @param {{root: string, development?: boolean}} options `root`: the checkout
 * @returns {string} the folder of the built extension
 */
export function buildExtension({ root, development = false }) {
  const extension = join(root, 'extension');
  const require = createRequire(join(extension, 'package.json'));
  const part = (name, file) => join(dirname(require.resolve(`${name}/package.json`)), file);
  run(root, [part('typescript', 'bin/tsc'), '-p', extension]);
  removeStaleOutputs(join(extension, 'src'), join(extension, 'lib'));
  run(root, [
    part('@jupyter/builder', 'lib/build-labextension.js'),
    '--core-package-file',
    part('@jupyterlab/core-meta', 'core.package.json'),
    ...(development ? ['--development'] : []),
    extension,
  ]);
  bringQuickstart(root);
  return outputOf(root);
}

/** The quickstart beside the code, to be copied from there: as it is written, without what it has shown. */
function bringQuickstart(root) {
  const notebook = JSON.parse(readFileSync(join(root, 'notebooks', 'quickstart.ipynb'), 'utf8'));
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  const { kernelspec } = notebook.metadata;
  const plain = { ...notebook, cells, metadata: { kernelspec } };
  writeFileSync(join(outputOf(root), 'quickstart.ipynb'), JSON.stringify(plain));
}

/**
 * Copies the built extension to where the JupyterLab of a Python environment finds it.
 * @param {{root: string, prefix: string}} options `prefix`: the environment, as in `sys.prefix`
 * @returns {string} the folder it was copied to
 */
export function installExtension({ root, prefix }) {
  const source = outputOf(root);
  if (!existsSync(join(source, 'package.json'))) {
    throw new Error(`The extension has not been built: ${source} is missing.`);
  }
  const target = join(prefix, 'share', 'jupyter', 'labextensions', NAME);
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true });
  return target;
}

function outputOf(root) {
  return join(root, 'extension', 'halfnote_lab', 'labextension');
}

function run(cwd, args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const built = buildExtension({ root, development: process.argv.includes('--development') });
  console.log(`built ${built}`);
  const at = process.argv.indexOf('--install');
  if (at !== -1)
    console.log(
      `installed ${installExtension({ root, prefix: resolve(process.argv[at + 1] ?? '.venv') })}`,
    );
}
