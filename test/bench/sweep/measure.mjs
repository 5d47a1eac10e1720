import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNotebook } from '../../sweep/notebooks.mjs';
import { startCommand } from '../../sweep/sweep.mjs';

const POINTS = 40;
const WORKERS = 2;
/** Each takes two processes of its own, so a tenth of the points tells. */
const PEER_POINTS = 4;
const TIMES = 3;

/**
 * A sweep of tiny points on two workers, beside the same notebook run by `halfnote run` for each point, two at
 * a time. `overheadS`: a worker's seconds for each point beyond those in its cells, of each of the runs.
 * @returns {Promise<{suite: 'sweep', points: number, workers: number, overheadS: number[], peerS: number[]}>}
 */
export async function measureSweep() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-bench-'));
  const nb = join(folder, 'nb.ipynb');
  writeNotebook(nb, "let format = 'fp32';\nlet seed = 0;", ['seed * 2']);
  try {
    const [overheadS, peerS] = [[], []];
    for (let i = 0; i < TIMES; i++) {
      overheadS.push(await sweepOnce(nb, join(folder, `out${i}`)));
      peerS.push(await runEach(nb, folder));
    }
    return { suite: 'sweep', points: POINTS, workers: WORKERS, overheadS, peerS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sweepOnce(nb, out) {
  const values = ['-p', 'format=fp32,bf16', '-p', `seed=1..${POINTS / 2}`];
  const args = ['sweep', nb, ...values, '--workers', String(WORKERS), '--to', out];
  const wallS = await timed(args);
  const folder = join(out, 'points');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  if (names.length !== POINTS) throw new Error(`${names.length} of ${POINTS} points finished`);
  const ownS = names
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).metadata.halfnote_run)
    .reduce((sum, { cellsS }) => sum + cellsS, 0);
  return (WORKERS * wallS - ownS) / POINTS;
}

/** A worker's seconds for each run, cells and all: they take a millisecond. */
async function runEach(nb, folder) {
  const start = performance.now();
  const work = async (worker) => {
    for (let i = 0; i < PEER_POINTS / WORKERS; i++)
      await timed(['run', nb, '-p', `seed=${i}`, '-o', join(folder, `peer${worker}.ipynb`)]);
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  return (WORKERS * (performance.now() - start)) / 1000 / PEER_POINTS;
}

async function timed(args) {
  const start = performance.now();
  const { code, stderr } = await startCommand(args).done;
  if (code !== 0) throw new Error(`halfnote ${args.join(' ')}: ${stderr}`);
  return (performance.now() - start) / 1000;
}
