#!/usr/bin/env node
/**
 * The unit tests, by Vitest, with the closing line that `npm test` adds up. `--quick` takes those that only
 * compute, and of the others those that import what has changed. Other arguments go to Vitest.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles } from './lib/changed-files.mjs';
import { ImportGraph } from './lib/import-graph.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { scriptOf } from './lib/programs.mjs';
import { chooseWithin, secondsOfTests } from './lib/quick-tests.mjs';

/** For the tests that import what has changed: the rest of the minute goes to the others and the start. */
const QUICK_BUDGET_S = 30;

const quick = process.argv.includes('--quick');
const lastFull = join(buildDir, 'unit.json');
const report = quick ? join(buildDir, 'unit-quick.json') : lastFull;
const chosen = quick ? await quickTests() : [];
rmSync(report, { force: true });
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--reporter=${join(root, 'scripts/lib/flaky-reporter.mjs')}`,
  `--outputFile.json=${report}`,
  ...process.argv.slice(2).filter((arg) => arg !== '--quick'),
  ...chosen,
];
const failure = await run(process.execPath, [scriptOf('vitest'), ...args], {
  cwd: root,
  show: true,
}).then(
  () => undefined,
  (error) => error,
);
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
for (const { assertionResults } of testResults) {
  for (const { status, fullName } of assertionResults) {
    if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`);
  }
}
const failed = Math.max(numFailedTests, failure ? 1 : 0);
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** The files to run; says what of the changes they leave to the whole suite. */
async function quickTests() {
  const graph = new ImportGraph();
  const { since, files } = await changedFiles();
  const pure = graph.pureTests;
  const near = new Map(
    [...graph.importersOf(files)].filter(
      ([file]) => graph.tests.includes(file) && !pure.includes(file),
    ),
  );
  const seconds = secondsOfTests(lastFull);
  const { taken, left, leftS } = chooseWithin(QUICK_BUDGET_S, near, seconds);
  console.log(
    `${pure.length} files of tests that only compute, ${taken.length} that import what has changed since ${since}`,
  );
  if (left.length > 0) {
    console.log(
      `Left to npm test -- unit, about ${leftS.toFixed(0)} s more: ${left.length} that import it over more files`,
    );
    for (const file of left) console.log(`  ${file}`);
  }
  return [...pure, ...taken];
}
