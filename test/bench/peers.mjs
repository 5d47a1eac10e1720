import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runPackageManager } from '../../scripts/lib/network.mjs';
import { buildDir, venvPython } from '../../scripts/lib/paths.mjs';
import { probe } from '../../scripts/lib/process.mjs';

const TORCH = 'torch==2.13.0';
const TSLAB = 'tslab@1.0.22';
const peers = join(buildDir, 'peers');
const tslab = join(peers, 'tslab');
const tslabCommand = join(tslab, 'node_modules/tslab/bin/tslab');

/** Installs what a user would have instead of us: PyTorch for the library, tslab for the kernel. */
export async function installPeers({ torch, tslab: wantsTslab }) {
  if (torch) await installTorch();
  if (wantsTslab) await installTslab();
}

/** Pinned: PyTorch's CPU build of it comes from wherever pip is configured to look (PIP_EXTRA_INDEX_URL). */
async function installTorch() {
  if (await probe(venvPython, ['-c', 'import torch'])) return;
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', TORCH];
  await runPackageManager('Python package index', 'pip config list', venvPython, args);
}

/** Stock tslab with its own TypeScript, apart from our packages, which put another in that one's place. */
async function installTslab() {
  if (!existsSync(tslabCommand)) {
    mkdirSync(tslab, { recursive: true });
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', tslab];
    await runPackageManager('npm registry', 'npm config list', 'npm', [...args, TSLAB]);
  }
  const folder = join(peers, 'jupyter/kernels/tslab');
  const argv = [process.execPath, tslabCommand, 'kernel', '--config-path', '{connection_file}'];
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'kernel.json'),
    JSON.stringify({ argv, display_name: 'TypeScript (tslab)', language: 'typescript' }),
  );
}

/** Where stock tslab runs and how Jupyter finds it; undefined before `--peers` has installed it. */
export function tslabSetup(env = process.env) {
  if (!existsSync(join(peers, 'jupyter/kernels/tslab/kernel.json'))) return undefined;
  const path = [join(peers, 'jupyter'), env.JUPYTER_PATH].filter(Boolean).join(delimiter);
  // tslab runs the copy of itself that it finds from the notebook's folder upwards.
  return { cwd: tslab, env: { JUPYTER_PATH: path } };
}
