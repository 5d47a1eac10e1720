import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, root, venvPython } from '../../../scripts/lib/paths.mjs';
import { probe, run } from '../../../scripts/lib/process.mjs';
import { runPackageManager } from '../../../scripts/lib/network.mjs';
import { median, quantile } from '../statistics.mjs';
import { measureCells } from './cells.mjs';
import { makeTree } from './tree.mjs';

const WINDOWS = 200;
const SECONDS = 10;
const ROUNDS = 3;
const PEERS = ['codecarbon', 'zeus'];
const PACKAGES = ['codecarbon==3.3.2', 'zeus==0.16.0'];
const folder = join(buildDir, 'peers/energy');
const python = join(folder, 'bin/python');

/** CodeCarbon and Zeus apart from our Python environment, whose packages they would change. */
export async function installEnergyPeers() {
  if (await probe(python, ['-c', 'import codecarbon, zeus'])) return;
  await run(venvPython, ['-m', 'venv', folder]);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
  await runPackageManager('Python package index', 'pip config list', python, args);
}

/**
 * What a window costs and what an open one takes, in turn with the peers that are installed; and the
 * first cell of a kernel beside its later ones.
 */
export async function measureEnergy() {
  const tools = {
    halfnote: (tree) => worker([process.execPath, '--expose-gc'], 'worker.mjs', tree),
    ...Object.fromEntries(
      PEERS.filter(() => existsSync(python)).map((peer) => [
        peer,
        (tree) => worker([python], 'peers.py', peer, tree),
      ]),
    ),
  };
  const tree = makeTree();
  const samples = Object.fromEntries(Object.keys(tools).map((name) => [name, []]));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, measure] of Object.entries(tools)) samples[name].push(await measure(tree));
    }
  } finally {
    rmSync(tree, { recursive: true });
  }
  const windows = Object.entries(samples).map(([peer, rounds]) => {
    const costs = rounds.flatMap(({ windowCpuS }) => windowCpuS);
    return {
      peer,
      medianCpuS: median(costs),
      p95CpuS: quantile(costs, 0.95),
      load: median(rounds.map(({ load }) => load)),
    };
  });
  const cells = [];
  for (let round = 0; round < ROUNDS; round++) cells.push(await measureCells());
  return { suite: 'energy', windows, cells };
}

async function worker([program, ...flags], file, ...args) {
  const script = join(root, 'test/bench/energy', file);
  const output = await run(program, [...flags, script, ...args, String(WINDOWS), String(SECONDS)], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  return JSON.parse(output.trim().split('\n').at(-1));
}
