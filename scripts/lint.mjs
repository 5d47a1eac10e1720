#!/usr/bin/env node
/** `npm run lint`: types, ESLint, Prettier and the marks that we don't leave behind. One line each. */
import { join } from 'node:path';
import { checkFloors } from './floors/check.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

const bin = (name) => join(root, 'node_modules/.bin', name);
const checks = {
  types: () => run(bin('tsc'), ['-b', '.'], { cwd: root }),
  'types of the tests': () => run(bin('tsc'), ['-p', 'kernel/tsconfig.test.json'], { cwd: root }),
  eslint: () =>
    run(bin('eslint'), ['kernel/src', 'extension/src', '--max-warnings', '0'], { cwd: root }),
  prettier: () => run(bin('prettier'), ['--check', '.', '--log-level', 'warn'], { cwd: root }),
  floors: checkFloors,
  'no marks left behind': () =>
    // Written so that this line doesn't find itself.
    noMatch(['grep', '-nE', '[T]ODO|[F]IXME|[n]ot implemented']),
  'no registry host in lock files': () =>
    noMatch(['grep', '-lE', '"resolved": "https?:', '--', 'package-lock.json']),
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`✓ ${name}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}\n${error.output ?? error.message}`);
  }
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** Passes when `git grep` finds nothing (exit code 1). */
async function noMatch(args) {
  try {
    const output = await run('git', args, { cwd: root });
    throw Object.assign(new Error('found'), { output });
  } catch (error) {
    if (error.code !== 1) throw error;
  }
}
