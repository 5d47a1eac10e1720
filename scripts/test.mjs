#!/usr/bin/env node
/**
 * `npm test [-- suite...] [--quick] [--jobs 2]`: sets up, runs every suite (or the named ones) side by side,
 * and ends with one line over all. `--quick` runs what answers in under a minute: the lint and the unit
 * tests of what has changed. Times are left in build/test-times.json.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { failuresOf, flakyOf } from './lib/failures.mjs';
import { buildDir, jupyterEnvironment } from './lib/paths.mjs';
import { Missing } from './lib/requirements.mjs';
import { runSideBySide } from './lib/side-by-side.mjs';
import { writeAtomically } from './lib/steps.mjs';
import { formatCounts, SuiteProcess } from './lib/suite-process.mjs';
import { environmentsOf, QUICK_SUITES, SUITES } from './lib/suites.mjs';
import { formatTimes, testTimes } from './lib/test-report.mjs';
import { main, setup } from './setup.mjs';

/** What a suite takes of the memory where it takes most: two TensorFlows, or a browser and a kernel. */
const BYTES_PER_SLOT = 2.5 * 2 ** 30;
/** After so long it is said what runs, so that nobody takes the silence for the end. */
const SILENCE_MS = 120_000;

await main(async () => {
  const { suites, jobs, quick } = parse(process.argv.slice(2));
  await setup({ quiet: true, tests: true });
  for (const environment of environmentsOf(suites)) await environment.setUp();

  const fitting = Math.floor(totalmem() / BYTES_PER_SLOT);
  const slots = jobs ?? Math.max(1, Math.min(availableParallelism(), fitting));
  const start = performance.now();
  const results = await runSuites(suites, slots);
  const times = testTimes(results, { slots, wallS: (performance.now() - start) / 1000 });
  if (!quick)
    writeAtomically(join(buildDir, 'test-times.json'), `${JSON.stringify(times, null, 2)}\n`);
  console.log(`\n${formatTimes(times)}`);
  process.exitCode = times.total.failed > 0 ? 1 : 0;
});

function parse(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, jobs: { type: 'string' } },
    });
  } catch (error) {
    throw new Missing(`${error.message} Options: --quick, --jobs.`);
  }
  const { values, positionals: named } = parsed;
  const known = SUITES.map(({ name }) => name);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Missing(`No suite is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  if (values.quick && named.length > 0)
    throw new Missing(`--quick chooses by itself what runs: leave out ${named.join(', ')}.`);
  const jobs = values.jobs === undefined ? undefined : Number(values.jobs);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
    throw new Missing(`--jobs ${values.jobs}: a whole number from 1 up is needed.`);
  const chosen = SUITES.filter(({ name }) => named.length === 0 || named.includes(name));
  return { suites: values.quick ? QUICK_SUITES : chosen, jobs, quick: values.quick };
}

/**
 * A suite that is alone is shown as it goes; of several, each is shown whole when it has ended. What they
 * say meanwhile is in build/test-logs.
 */
async function runSuites(suites, slots) {
  const isAlone = suites.length === 1;
  const logs = join(buildDir, 'test-logs');
  mkdirSync(logs, { recursive: true });
  const running = new Map();
  const stop = (signal) => {
    for (const [name, suite] of running) {
      suite.kill();
      if (!isAlone) console.log(`\n── ${name}, stopped\n${suite.output}`);
    }
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

  const sign = setInterval(() => {
    if (!isAlone) console.log(`${clock()} ${[...running.keys()].join(' and ')} still running`);
  }, SILENCE_MS);

  const jobs = suites.map((suite) => ({
    ...suite,
    slots: isAlone || suite.alone ? slots : Math.max(1, Math.floor((suite.share ?? 0) * slots)),
  }));
  const results = await runSideBySide(jobs, slots, async ({ name, command, slots: workers }) => {
    console.log(isAlone ? `\n── ${name}` : `${clock()} ${name} starts`);
    const log = join(logs, `${name}.log`);
    writeFileSync(log, '');
    const suite = new SuiteProcess(command, {
      env: { ...jupyterEnvironment(), VITEST_MAX_WORKERS: String(workers) },
      onOutput: (text) => {
        appendFileSync(log, text);
        if (isAlone) process.stdout.write(text);
      },
    });
    running.set(name, suite);
    const { counts, wallS } = await suite.ended;
    running.delete(name);
    if (!isAlone)
      console.log(`\n── ${name}\n${suite.output}\n${clock()} ${name}: ${formatCounts(counts)}`);
    const failures = counts.failed > 0 ? failuresOf(suite.output) : [];
    return { name, counts, failures, flaky: flakyOf(suite.output), wallS };
  });
  clearInterval(sign);
  return results;
}

function clock() {
  return new Date().toTimeString().slice(0, 8);
}
