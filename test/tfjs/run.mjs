#!/usr/bin/env node
/**
 * tfjs-core's own suite on our backend, with our overrides installed. Without autocast what tfjs promises
 * must hold exactly; with it, within the format's rounding. Needs the built kernel (`npx tsc -b kernel`).
 *
 *   node test/tfjs/run.mjs [--autocast bf16|fp16] [--programs] [--grep <text>]
 *
 * `--programs` runs each test several times and what repeats as a TensorFlow function, whose results have to
 * be those of its ops, bit for bit.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installTranspiler } from './transpile.mjs';
import { EXCEPTIONS, ONLY_ONCE } from './exceptions.mjs';
import { widenTolerance } from './tolerance.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(root, 'package.json'));
const { values: options } = parseArgs({
  options: {
    grep: { type: 'string', default: '' },
    autocast: { type: 'string', default: 'off' },
    programs: { type: 'boolean', default: false },
  },
});
const { grep, autocast, programs } = options;
if (!(autocast in EXCEPTIONS)) {
  throw new Error(`--autocast ${autocast}: allowed are ${Object.keys(EXCEPTIONS).join(', ')}`);
}
const exceptions = [...EXCEPTIONS[autocast], ...(programs ? [ONLY_ONCE] : [])];
const ENVIRONMENT = 'test-tensorflow';

const dist = (path) => require(join(root, 'kernel/dist', path));
const core = dirname(require.resolve('@tensorflow/tfjs-core'));
installTranspiler(core + sep);
const jasmineUtil = require(join(core, 'jasmine_util.js'));
require(join(core, 'public/chained_ops/register_all_chained_ops.js'));
require(join(core, 'register_all_gradients.js'));

if (programs) process.env.HALFNOTE_ONE_PROGRAM = 'shadow';
// After tfjs's own gradients are there: ours stand in the place of some.
const facts = dist('start.js').loadBackend();
console.log(`${facts.engine} ${facts.engineVersion} on ${facts.deviceName}, autocast ${autocast}`);

const Jasmine = require('jasmine');
const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.loadConfig({ spec_files: [], random: false });
jasmineUtil.setTestEnvs([
  { name: ENVIRONMENT, backendName: 'tensorflow', flags: {}, isDataSync: true },
]);
let lowOps = 0;
if (autocast !== 'off') {
  widenTolerance(require(join(core, 'test_util.js')), autocast);
  dist('precision/status.js').setPrecision(autocast);
  dist('backend/load.js').onOp((_name, format) => {
    if (format === autocast) lowOps += 1;
  });
  // The suite's gradients are compared as they are: nothing underflows that has to be scaled up.
  const { NoOpLossScaler } = dist('precision/loss-scale/scaler.js');
  dist('precision/session.js').setLossScaler(new NoOpLossScaler());
}
if (programs) repeatTests(4);
require(join(core, 'tests.js'));

globalThis.jasmine.getEnv().configure({
  specFilter: (spec) => spec.getFullName().includes(grep),
});

const unexpected = [];
const expected = [];
let passed = 0;
let skipped = 0;
runner.clearReporters();
runner.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    if (status === 'passed') passed += 1;
    else if (status !== 'failed') skipped += 1;
    else {
      const exception = exceptions.find(({ tests }) =>
        tests.some((test) => fullName.startsWith(test)),
      );
      const message = failedExpectations[0]?.message.split('\n')[0];
      (exception ? expected : unexpected).push({ fullName, message, reason: exception?.reason });
    }
  },
});
process.on('unhandledRejection', () => {
  // Some of tfjs-core's tests reject promises that they don't await.
});
const { overallStatus, incompleteReason } = await runner.execute();

for (const { fullName, reason } of expected) {
  console.log(`skipped, a known failure: ${fullName}: ${reason}`);
}
if (autocast !== 'off') {
  console.log(`${lowOps} ops ran in ${autocast}`);
  if (lowOps === 0) unexpected.push({ fullName: 'autocast', message: 'no op ran in the format' });
}
if (programs) {
  const { replays, refusals } = dist('backend/deferred/steps.js').stepStatistics();
  console.log(
    `${replays} replays; op by op: ${refusals.map(({ why, count }) => `${why} (${count})`).join(', ')}`,
  );
  if (replays === 0) unexpected.push({ fullName: 'programs', message: 'nothing was replayed' });
}
for (const { fullName, message } of unexpected) console.log(`FAILED: ${fullName}\n  ${message}`);
const ran = passed + expected.length + unexpected.length;
if (ran === 0) console.log(`no test ran: ${incompleteReason ?? overallStatus}`);
skipped += expected.length;
console.log(`tfjs-core suite: ${passed} passed, ${unexpected.length} failed, ${skipped} skipped`);
process.exit(unexpected.length > 0 || ran === 0 ? 1 : 0);

/** The first time records, the others replay. Tests that end by a callback stay as they are. */
function repeatTests(times) {
  const { it } = globalThis;
  globalThis.it = (name, test, ...rest) =>
    test === undefined || test.length > 0
      ? it(name, test, ...rest)
      : it(
          name,
          async () => {
            for (let i = 0; i < times; i++) await test();
          },
          ...rest,
        );
}
