import { median } from '../statistics.mjs';

const LIMIT_S = 0.5;

/** What sweeps are held to. @returns {readonly import('../extension/goals.mjs').Judged[]} */
export function judgeSweep([measured]) {
  if (!measured) return [];
  const overheadS = median(measured.overheadS);
  const met = overheadS <= LIMIT_S;
  return [
    {
      goal: `a sweep of ${measured.points} tiny points, ${measured.workers} workers: a worker's time for each beside its cells'`,
      measured: `${overheadS.toFixed(2)} s, at most ${LIMIT_S}`,
      verdict: met ? 'reached' : 'missed',
      met,
      applies: true,
    },
  ];
}

/** The figures as a table. */
export function sweepTables([measured]) {
  if (!measured) return [];
  const { points, overheadS, peerS } = measured;
  const text = (samples) =>
    `${median(samples).toFixed(2)} s (${samples.map((value) => value.toFixed(2)).join(', ')})`;
  return [
    [
      [`a worker's time for each of ${points} points beside its cells'`, 'median, and each run'],
      ['halfnote sweep', text(overheadS)],
      ['halfnote run for each point', text(peerS)],
      ['ratio', (median(peerS) / median(overheadS)).toFixed(1)],
    ],
  ];
}
