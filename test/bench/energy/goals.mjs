import { median } from '../statistics.mjs';

const MOST_WINDOW_S = 1e-3;
const MOST_LOAD = 0.01;
const MOST_RATIO = 2;

/** @returns {readonly string[][][]} */
export function energyTables([measured]) {
  if (!measured) return [];
  const head = ['window on a fake tree', 'begin + end, CPU', 'p95', 'load while open'];
  const rows = measured.windows.map(({ peer, medianCpuS, p95CpuS, load }) => [
    peer,
    milliseconds(medianCpuS),
    milliseconds(p95CpuS),
    percent(load),
  ]);
  const cells = measured.cells.map(({ firstCpuS, warmCpuS, firstJ, warmJ }, round) => [
    `kernel ${round + 1}`,
    milliseconds(firstCpuS),
    milliseconds(median(warmCpuS)),
    millijoules(firstJ),
    millijoules(median(warmJ)),
  ]);
  return [
    [head, ...rows],
    [['%%carbon + 1', 'first cell, CPU', 'warm', 'first, energy', 'warm'], ...cells],
  ];
}

/** @returns {readonly import('../kernel/goals.mjs').Judged[]} */
export function judgeEnergy([measured]) {
  if (!measured) return [];
  const ours = measured.windows.find(({ peer }) => peer === 'halfnote');
  const ratio = median(measured.cells.map(({ firstJ, warmJ }) => firstJ / median(warmJ)));
  const judged = (goal, value, limit, format) => ({
    goal,
    measured: `${format(value)} against ${format(limit)}`,
    verdict: value <= limit ? 'reached' : 'missed',
    met: value <= limit,
    applies: true,
  });
  return [
    judged('a window: begin + end at most 1 ms', ours.medianCpuS, MOST_WINDOW_S, milliseconds),
    judged('the monitor: at most 1 % of a core', ours.load, MOST_LOAD, percent),
    judged("a kernel's first cell: at most twice a warm one's energy", ratio, MOST_RATIO, times),
  ];
}

const milliseconds = (seconds) => `${(seconds * 1e3).toFixed(2)} ms`;
const millijoules = (joules) => `${(joules * 1e3).toFixed(2)} mJ`;
const percent = (fraction) => `${(fraction * 100).toFixed(2)} %`;
const times = (ratio) => `${ratio.toFixed(2)}x`;
