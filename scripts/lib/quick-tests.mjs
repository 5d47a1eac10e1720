import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './paths.mjs';

/** What a file of tests takes beside its tests: a process of its own that loads TensorFlow. */
const START_S = 1;
/** What its tests are taken to last before they have run here. */
const UNKNOWN_S = 2;

/**
 * What each file of tests took in the last full run, by its path from the root.
 * @param {string} report Vitest's JSON report; without one nothing is known
 * @returns {Map<string, number>}
 */
export function secondsOfTests(report) {
  if (!existsSync(report)) return new Map();
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return new Map(
    testResults.map(({ name, startTime, endTime }) => [
      relative(root, name),
      (endTime - startTime) / 1000,
    ]),
  );
}

/**
 * As many files of tests as fit: the nearest to the change first, of equally near ones the shortest.
 * @param {number} budgetS
 * @param {ReadonlyMap<string, number>} distances imports between the file and the change
 * @param {ReadonlyMap<string, number>} seconds of the files that have run
 * @returns {{taken: string[], left: string[], leftS: number}}
 */
export function chooseWithin(budgetS, distances, seconds) {
  const cost = (file) => START_S + (seconds.get(file) ?? UNKNOWN_S);
  const order = [...distances.keys()].sort(
    (a, b) => distances.get(a) - distances.get(b) || cost(a) - cost(b),
  );
  const taken = [];
  const left = [];
  let spentS = 0;
  for (const file of order) {
    const isTaken = spentS + cost(file) <= budgetS;
    if (isTaken) spentS += cost(file);
    (isTaken ? taken : left).push(file);
  }
  return { taken, left, leftS: left.reduce((sum, file) => sum + cost(file), 0) };
}
