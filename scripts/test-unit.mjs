#!/usr/bin/env node
/** The unit tests, by Vitest, with the closing line that `npm test` adds up. Arguments go to Vitest. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

const report = join(buildDir, 'unit.json');
rmSync(report, { force: true });
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const failure = await run(join(root, 'node_modules/.bin/vitest'), args, {
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
