#!/usr/bin/env node
/**
 * `npm run lint`: types, ESLint, Prettier and the marks that we don't leave behind. One line each.
 * With `--changed`, ESLint and Prettier look at the changed files alone; types are checked everywhere.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkFloors } from './floors/check.mjs';
import { changedFiles } from './lib/changed-files.mjs';
import { missingNames } from './lib/names.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { scriptOf } from './lib/programs.mjs';
import { runSideBySide } from './lib/side-by-side.mjs';

/** ESLint and tsc each hold a program of all sources. */
const AT_A_TIME = 2;

const cache = join(buildDir, 'lint');
mkdirSync(cache, { recursive: true });
const tool = (name, ...args) => run(process.execPath, [scriptOf(name), ...args], { cwd: root });
const compile = (...args) =>
  run(process.execPath, [scriptOf('typescript', 'tsc'), ...args], { cwd: root });
const scope = process.argv.includes('--changed')
  ? await changedScope()
  : { eslint: ['kernel/src', 'extension/src'], prettier: ['.'] };

const checks = {
  'types of the tests': () => typesOf('kernel'),
  "types of the extension's tests": () => typesOf('extension'),
  // Without a cache: what its rules say of a file hangs on the types of others.
  eslint: () =>
    scope.eslint.length > 0 && tool('eslint', '--max-warnings', '0', '--', ...scope.eslint),
  prettier: () =>
    scope.prettier.length > 0 &&
    tool(
      'prettier',
      '--check',
      '--log-level',
      'warn',
      '--ignore-unknown',
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      join(cache, 'prettier'),
      '--',
      ...scope.prettier,
    ),
  'names in scripts': async () => {
    const files = await run('git', ['ls-files', '-co', '--exclude-standard', '*.mjs'], {
      cwd: root,
    });
    const existing = files.split('\n').filter((file) => file && existsSync(join(root, file)));
    failOn(missingNames(existing.map((file) => join(root, file))));
  },
  floors: checkFloors,
  'no marks left behind': () =>
    // Written so that this line doesn't find itself.
    noMatch(['grep', '-nE', '[T]ODO|[F]IXME|[n]ot implemented']),
  'no registry host in lock files': () =>
    noMatch(['grep', '-lE', '"resolved": "https?:', '--', '*package-lock.json']),
};

const results = [
  // First, for it writes the declarations that the others read.
  await report('types', () => compile('-b', '.')),
  ...(await runSideBySide(
    Object.entries(checks).map(([name, check]) => ({ name, check })),
    AT_A_TIME,
    ({ name, check }) => report(name, check),
  )),
];
const failed = results.filter((isOk) => !isOk).length;
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** Checks a package's sources with their tests. */
function typesOf(name) {
  const config = `${name}/tsconfig.test.json`;
  const info = join(cache, `${name}-tests.tsbuildinfo`);
  return compile('-p', config, '--incremental', '--tsBuildInfoFile', info);
}

/** Prints how a check has ended. @returns {Promise<boolean>} whether it has passed */
async function report(name, check) {
  const start = performance.now();
  const title = () => `${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`;
  try {
    await check();
    console.log(`✓ ${title()}`);
    return true;
  } catch (error) {
    console.log(`✗ ${title()}\n${error.output ?? error.message}`);
    return false;
  }
}

async function changedScope() {
  const { since, files } = await changedFiles();
  const linted = files.filter((file) => /^(kernel|extension)\/src\/.*\.tsx?$/.test(file));
  console.log(
    `${files.length} files have changed since ${since}, ${linted.length} of them for ESLint`,
  );
  return { eslint: linted, prettier: files };
}

function failOn(lines) {
  if (lines.length > 0) throw Object.assign(new Error('found'), { output: lines.join('\n') });
}

/** Passes when `git grep` finds nothing (exit code 1). */
async function noMatch(args) {
  try {
    const output = await run('git', args, { cwd: root });
    failOn([output]);
  } catch (error) {
    if (error.code !== 1) throw error;
  }
}
