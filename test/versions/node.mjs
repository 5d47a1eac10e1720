import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failuresOf } from '../../scripts/lib/failures.mjs';
import { executeNotebooks, outputsOf, readNotebook } from '../../scripts/lib/notebook.mjs';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { countsOf, formatCounts } from '../../scripts/lib/suite-process.mjs';
import { kept, nodeOf } from './lib/nodes.mjs';
import { trainingNotebook } from './training.mjs';

/** Of conformance what a version of Node.js could change: streams, timers, errors, the language, signals. */
const SHORT = ['ExecuteTest', 'IntrospectionTest', 'SurvivalTest', 'test_restart', 'test_shutdown'];

/** The kernel in a major version of Node.js. */
export async function inNode(suite, major, { isShort }) {
  const { node, version, env } = await nodeOf(major);
  suite.at(`Node.js ${version}`);
  const interrupts = (...args) =>
    passes([node, join(root, 'test/interrupts/run.mjs'), ...args], env);

  await suite.check(`conforms${isShort ? ', in what a version could change' : ''}`, () =>
    passes([venvPython, join(root, 'test/conformance/run.py'), ...(isShort ? SHORT : [])], env),
  );
  await suite.check('stops what cells do, with variables kept', () =>
    interrupts(...(isShort ? ['1', 'a loop after an await'] : ['2'])),
  );
  await suite.check('stops the first cell of a fresh kernel, whatever the moment', () =>
    interrupts('--sweep', '--moments', '5', '--abreast', '2', '--limit', '4000'),
  );
  // From here on `AsyncLocalStorage` doesn't rest on hooks, unless it is told to.
  if (major >= 24 && !isShort)
    await suite.check('stops a loop where AsyncLocalStorage rests on hooks', () =>
      passes([node, join(root, 'test/interrupts/run.mjs'), '2', 'a loop after an await'], {
        ...env,
        NODE_OPTIONS: '--no-async-context-frame',
      }),
    );
  await suite.check('trains in bf16 and fp16, and quantizes, by the one native binding', () =>
    trains(major, version, env),
  );
}

/** Runs a suite to its end, with what has failed as the reason; in our process group, to be ended with us. */
async function passes([program, ...args], env) {
  const { output, isOk } = await run(program, args, { cwd: root, env }).then(
    (said) => ({ output: said, isOk: true }),
    (error) => ({ output: error.output ?? error.message, isOk: false }),
  );
  const counts = countsOf(output, isOk);
  console.log(`        ${formatCounts(counts)}`);
  const shown = [...failuresOf(output), output.slice(-2000)].join('\n');
  assert.ok(counts.failed === 0 && counts.passed > 0, shown);
}

async function trains(major, version, env) {
  const folder = join(kept, 'notebooks');
  const notebook = join(folder, 'training.ipynb');
  const output = join(folder, `training-${major}.ipynb`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(notebook, JSON.stringify(trainingNotebook()));
  await executeNotebooks([{ notebook, output }], { env });
  const printed = outputsOf(readNotebook(output))
    .filter(({ output_type: type, name }) => type === 'stream' && name === 'stdout')
    .map(({ text }) => [text].flat().join(''))
    .at(-1);
  const { node, backend, bf16, fp16, scale, shares } = JSON.parse(printed);
  assert.equal(node, version);
  assert.equal(backend, 'tensorflow', 'TensorFlow computes, not WebAssembly');
  for (const [before, after] of [bf16, fp16])
    assert.ok(after < before / 3, `the loss went from ${before} to ${after}`);
  assert.ok(scale > 1, `the loss scale is ${scale}`);
  for (const share of shares)
    assert.ok(share > 0.95, `right of samples: ${shares.join(', int8 ')}`);
}
