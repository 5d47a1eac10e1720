import { availableParallelism, cpus, totalmem } from 'node:os';
import { formatCounts, sumOf } from './suite-process.mjs';

/**
 * What a run of suites took, to be kept in a file.
 * @param {readonly {name: string, counts: import('./suite-process.mjs').Counts, failures: readonly string[], flaky: readonly string[], wallS: number}[]} results
 * @param {{slots: number, wallS: number}} run
 */
export function testTimes(results, { slots, wallS }) {
  const rounded = (seconds) => Math.round(10 * seconds) / 10;
  return {
    ended: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: rounded(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
    },
    slots,
    wallS: rounded(wallS),
    suites: results.map(({ name, counts, failures, flaky, wallS: suiteS }) => ({
      name,
      wallS: rounded(suiteS),
      ...counts,
      failures,
      flaky,
    })),
    total: sumOf(results.map(({ counts }) => counts)),
  };
}

/** @param {ReturnType<typeof testTimes>} times @returns {string} a line a suite, what failed or had to be repeated, and the last over all */
export function formatTimes({ suites, total, wallS, slots }) {
  const line = (name, text, seconds) =>
    `${name.padEnd(14)} ${text.padEnd(40)} ${seconds.toFixed(0).padStart(5)} s`;
  return [
    ...suites.map((suite) => line(suite.name, formatCounts(suite), suite.wallS)),
    line('all', slots === 1 ? 'one after another' : `${slots} at a time`, wallS),
    ...suites.flatMap(({ name, flaky }) =>
      flaky.map((test) => `~ ${name}: passed only when repeated: ${test}`),
    ),
    ...suites.flatMap(({ name, failures }) => failures.map((failure) => `✗ ${name}: ${failure}`)),
    '',
    formatCounts(total),
  ].join('\n');
}
