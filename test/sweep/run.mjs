/**
 * `halfnote sweep` as people use it: points on several workers, killed and resumed, failing, on a full disk, and
 * under schedulers. `node test/sweep/run.mjs PART` runs the cases whose name holds PART.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCases } from '../lib/cases.mjs';
import { daskCases } from './dask-cases.mjs';
import { inputCases } from './input-cases.mjs';
import { killCases } from './kill-cases.mjs';
import { localCases } from './local-cases.mjs';
import { reportCases } from './report-cases.mjs';
import { slurmCases } from './slurm-cases.mjs';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-sweep-'));
const [part = ''] = process.argv.slice(2);
const groups = {
  local: localCases,
  killed: killCases,
  input: inputCases,
  report: reportCases,
  slurm: slurmCases,
  dask: daskCases,
};
const cases = Object.entries(groups).flatMap(([name, make]) =>
  Object.entries(make(join(folder, name))).map(([title, run]) => [`${name}: ${title}`, run]),
);
try {
  await runCases(Object.fromEntries(cases.filter(([name]) => name.includes(part))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
