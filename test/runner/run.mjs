#!/usr/bin/env node
/** How the tests themselves are run: side by side, counted, stopped when they hang, and chosen by `--quick`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failuresOf, flakyOf } from '../../scripts/lib/failures.mjs';
import { ImportGraph } from '../../scripts/lib/import-graph.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { chooseWithin } from '../../scripts/lib/quick-tests.mjs';
import { runSideBySide } from '../../scripts/lib/side-by-side.mjs';
import { SuiteProcess } from '../../scripts/lib/suite-process.mjs';
import { SUITES } from '../../scripts/lib/suites.mjs';
import { formatTimes, testTimes } from '../../scripts/lib/test-report.mjs';
import { runCases } from '../lib/cases.mjs';

/** Which jobs ran at each start of one: `a`, `ab`, `bc`. */
async function startsOf(jobs, slots) {
  const running = new Set();
  const starts = [];
  const results = await runSideBySide(jobs, slots, async ({ name, ticks }) => {
    running.add(name);
    starts.push([...running].join(''));
    for (let i = 0; i < ticks; i++) await sleep(5);
    running.delete(name);
    return name;
  });
  assert.deepEqual(
    results,
    jobs.map(({ name }) => name),
  );
  return starts;
}

/** Runs a program of JavaScript as a suite. */
function suite(code, options) {
  return new SuiteProcess([process.execPath, '-e', code], options);
}

const endOf = async (code, options) => {
  const started = suite(code, options);
  const { counts } = await started.ended;
  return { ...counts, output: started.output };
};

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs `npm test` with arguments that it has to refuse before it does anything. */
function refused(...args) {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts/test.mjs'), ...args],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(status, 1);
  return stderr.trim();
}

await runCases({
  'as many run at a time as there are slots, in their order': async () => {
    const jobs = [
      { name: 'a', ticks: 9 },
      { name: 'b', ticks: 1 },
      { name: 'c', ticks: 1 },
    ];
    assert.deepEqual(await startsOf(jobs, 1), ['a', 'b', 'c']);
    assert.deepEqual(await startsOf(jobs, 2), ['a', 'ab', 'ac']);
    assert.deepEqual(await startsOf(jobs, 3), ['a', 'ab', 'abc']);
  },
  'two that hold the same never run at a time, and the next that fits goes first': async () => {
    const jobs = [
      { name: 'a', ticks: 4, holds: 'ports' },
      { name: 'b', ticks: 1, holds: 'ports' },
      { name: 'c', ticks: 1 },
    ];
    assert.deepEqual(await startsOf(jobs, 2), ['a', 'ac', 'b']);
  },
  'one that wants more slots than there are takes them all': async () => {
    const jobs = [
      { name: 'a', ticks: 1 },
      { name: 'b', ticks: 1, slots: 8 },
      { name: 'c', ticks: 4 },
    ];
    assert.deepEqual(await startsOf(jobs, 2), ['a', 'ac', 'b']);
  },
  'a suite’s last counts are taken': async () => {
    const code = `console.log('9 passed, 9 failed, 9 skipped'); console.log('3 passed, 0 failed, 1 skipped')`;
    const { passed, failed, skipped } = await endOf(code);
    assert.deepEqual({ passed, failed, skipped }, { passed: 3, failed: 0, skipped: 1 });
  },
  'a suite that says no counts has failed, and so has one that can’t be started': async () => {
    assert.equal((await endOf(`console.log('fine')`)).failed, 1);
    assert.equal((await endOf(`console.error('1 passed, 0 failed, 0 skipped')`)).failed, 1);
    const missing = new SuiteProcess(['/no/such/program']);
    assert.equal((await missing.ended).counts.failed, 1);
    assert.match(missing.output, /ENOENT/);
  },
  'a suite that exits with an error has failed, whatever it counted': async () => {
    const code = `console.log('2 passed, 0 failed, 0 skipped'); process.exitCode = 3`;
    assert.equal((await endOf(code)).failed, 1);
    assert.equal((await endOf(code.replace('0 failed', '4 failed'))).failed, 4);
  },
  'a suite that is killed has failed, and what it said is kept': async () => {
    const code = `console.log('2 passed, 0 failed, 0 skipped', 'said'); process.kill(process.pid, 'SIGKILL')`;
    const { failed, output } = await endOf(code);
    assert.equal(failed, 1);
    assert.match(output, /said/);
  },
  'a suite that hangs is stopped with all that it started, and has failed': async () => {
    const code = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log('1 passed, 0 failed, 0 skipped; child ' + child.pid);
      setInterval(() => {}, 1000);`;
    const { failed, output } = await endOf(code, { limitMs: 3000 });
    assert.equal(failed, 1);
    assert.match(output, /not ended after 3 s/);
    const child = Number(/child (\d+)/.exec(output)?.[1]);
    for (let i = 0; i < 100 && isAlive(child); i++) await sleep(20);
    assert.equal(isAlive(child), false);
  },
  'what takes how long is told for each suite, with the counts over all in the last line': () => {
    const results = [
      { name: 'a', counts: { passed: 1, failed: 0, skipped: 2 }, wallS: 12.34 },
      { name: 'b', counts: { passed: 3, failed: 1, skipped: 0 }, wallS: 5 },
    ];
    const names = { a: { failures: [], flaky: [] }, b: { failures: ['adds'], flaky: ['waits'] } };
    const times = testTimes(
      results.map((result) => ({ ...result, ...names[result.name] })),
      { slots: 2, wallS: 13 },
    );
    const [first] = times.suites;
    const counts = { passed: 1, failed: 0, skipped: 2 };
    assert.deepEqual(first, { name: 'a', wallS: 12.3, ...counts, failures: [], flaky: [] });
    assert.equal(times.machine.node, process.versions.node);
    const lines = formatTimes(times).split('\n');
    assert.match(lines[0], /^a +1 passed, 0 failed, 2 skipped +12 s$/);
    assert.equal(lines.at(-1), '4 passed, 1 failed, 2 skipped');
    assert.ok(lines.includes('✗ b: adds'));
    assert.ok(lines.includes('~ b: passed only when repeated: waits'));
  },
  'what failed is named once, however a suite says it': () => {
    const said = [
      '✓ holds',
      '✗ adds',
      '  with a trace',
      '\u001b[31m FAIL \u001b[39m a.test.ts > subtracts',
      ' FAIL  a.test.ts > subtracts',
      'MagicTest.test_env: FAILED',
      '  FAIL  draws a chart [JupyterLab 4.2]',
      'MagicTest.test_time: passed',
    ];
    assert.deepEqual(failuresOf(said.join('\n')), [
      'adds',
      'a.test.ts > subtracts',
      'MagicTest.test_env',
      'draws a chart [JupyterLab 4.2]',
    ]);
    const many = Array.from({ length: 30 }, (_, i) => `✗ ${i}`).join('\n');
    assert.equal(failuresOf(many).at(-1), 'and 10 more');
  },
  'a test that passes only when repeated is named, with what it failed by': () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...['--root', join(root, 'test/runner/fixtures')],
        `--reporter=${join(root, 'scripts/lib/flaky-reporter.mjs')}`,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0);
    assert.deepEqual(flakyOf(stdout), ['sometimes.test.mjs > passes when it is repeated']);
    assert.match(stdout, /expected 1 to be 2/);
  },
  'what no suite or option is called is named, with what there is': () => {
    assert.match(refused('untit'), /No suite is called untit\. There are: unit, notebooks,/);
    assert.match(refused('--quik'), /--quik.*Options: --quick, --jobs\./s);
    assert.match(refused('--quick', 'unit'), /--quick chooses by itself what runs: leave out unit/);
    assert.match(refused('--jobs', '0'), /--jobs 0: a whole number from 1 up is needed/);
  },
  'no two suites have one name': () => {
    assert.equal(new Set(SUITES.map(({ name }) => name)).size, SUITES.length);
  },
  'tests that share a process reach no engine and start no process': () => {
    const graph = new ImportGraph();
    const pure = graph.pureTests;
    assert.ok(pure.includes('kernel/src/display/units.test.ts'));
    // It reaches the engine by import() alone.
    assert.ok(!pure.includes('kernel/src/cli/program.test.ts'));
    // It puts a module of its own in the place of another.
    assert.ok(!pure.includes('extension/src/journal/notebook-journal.test.ts'));
    const engine = graph.importersOf(['kernel/src/backend/load.ts']);
    const notebook = graph.importersOf(['test/support/runtime-notebook.ts']);
    assert.ok(engine.size > 100 && notebook.size > 5);
    assert.deepEqual(
      pure.filter((test) => engine.has(test) || notebook.has(test)),
      [],
    );
  },
  'what imports a file is known over any number of imports, the nearest first': () => {
    const found = [...new ImportGraph().importersOf(['kernel/src/errors.ts'])];
    assert.deepEqual(found[0], ['kernel/src/errors.ts', 0]);
    const distances = found.map(([, distance]) => distance);
    assert.deepEqual(
      distances,
      distances.toSorted((a, b) => a - b),
    );
    assert.ok(distances.at(-1) > 2);
  },
  'of the tests near a change those run that fit, the nearest first': () => {
    const distances = new Map(
      Object.entries({ far: 3, 'near, long': 1, 'near, short': 1, next: 2 }),
    );
    const seconds = new Map(
      Object.entries({ far: 1, 'near, long': 20, 'near, short': 2, next: 30 }),
    );
    assert.deepEqual(chooseWithin(30, distances, seconds), {
      taken: ['near, short', 'near, long', 'far'],
      left: ['next'],
      leftS: 31,
    });
  },
});
