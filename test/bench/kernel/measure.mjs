import { join } from 'node:path';
import { jupyterEnvironment, root, venvPython } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';
import { median, quantile } from '../statistics.mjs';
import { tslabSetup } from '../peers.mjs';

/** How often each thing is done; an interrupt of each kind is a promise about a hundred. */
const REPETITIONS = { starts: 7, cells: 200, completions: 100, interrupts: 100 };

const CASES = {
  startToKernelInfo: 'start to kernel_info_reply',
  startToFirstResult: 'start to first result of 1+1',
  emptyCell: 'empty cell, up to idle',
  onePlusOne: 'cell 1+1, warm, up to idle',
  lines: '5,000 lines from a loop',
  displays: '50 MB of display data',
  completionIdle: 'completion on a tensor',
  completionBusy: 'completion while a cell runs',
};
const NAMES = { halfnote: 'halfnote', python3: 'ipykernel', tslab: 'tslab' };

/** Times our kernel beside ipykernel and, where it is installed, stock tslab: one row for all. */
export async function measureKernel() {
  const tslab = tslabSetup();
  const kernels = [
    { name: 'halfnote', cwd: root },
    { name: 'python3', cwd: root },
    ...(tslab ? [{ name: 'tslab', cwd: tslab.cwd }] : []),
  ];
  const output = await run(
    venvPython,
    [join(root, 'test/bench/kernel/measure.py'), JSON.stringify({ kernels, ...REPETITIONS })],
    { env: { ...jupyterEnvironment(), ...tslab?.env } },
  );
  const { seconds, counts, memory } = JSON.parse(output.trim().split('\n').at(-1));
  return {
    suite: 'kernel',
    kernels: kernels.map(({ name }) => NAMES[name]),
    cases: Object.keys({ ...seconds, ...counts }).map((id) => ({
      id,
      label: CASES[id] ?? id,
      results: byKernel(kernels, (name) => result(seconds[id]?.[name], counts[id]?.[name])),
    })),
    memory: byKernel(kernels, (name) => memory[name] ?? undefined),
  };
}

function byKernel(kernels, value) {
  return Object.fromEntries(
    kernels.flatMap(({ name }) => {
      const found = value(name);
      return found === undefined ? [] : [[NAMES[name], found]];
    }),
  );
}

function result(seconds, counts) {
  if (!seconds && !counts) return undefined;
  const timed = seconds?.length
    ? {
        medianS: median(seconds),
        p95S: quantile(seconds, 0.95),
        maxS: Math.max(...seconds),
        secondsEach: seconds,
      }
    : {};
  return {
    ...timed,
    ...(counts && {
      arrived: counts.reduce((sum, { arrived }) => sum + arrived, 0),
      expected: counts.reduce((sum, { expected }) => sum + expected, 0),
    }),
  };
}

/** The measurements as one table, a kernel a column. */
export function kernelTables([measured]) {
  if (!measured) return [];
  const { kernels, cases, memory } = measured;
  const header = ['kernel (median / p95)', ...kernels];
  const lines = cases.map(({ label, results }) => [
    `  ${label}`,
    ...kernels.map((kernel) => timeText(results[kernel])),
  ]);
  const occupied = (key) => [
    `  memory of an idle kernel, ${key.toUpperCase()}`,
    ...kernels.map((kernel) => {
      const bytes = memory[kernel]?.[key];
      return bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} MB`;
    }),
  ];
  return [[header, ...lines, occupied('pss'), occupied('rss')]];
}

function timeText(result) {
  if (!result) return '';
  const ms = (seconds) => (seconds * 1e3).toFixed(seconds < 0.1 ? 1 : 0);
  const time =
    result.medianS === undefined ? 'none' : `${ms(result.medianS)} / ${ms(result.p95S)} ms`;
  if (result.expected === undefined) return time;
  return result.arrived === result.expected
    ? `${time}, all`
    : `${time}, ${result.arrived} of ${result.expected}`;
}
