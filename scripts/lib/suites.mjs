import { join } from 'node:path';
import { course } from '../course/environment.mjs';
import { tools } from '../../test/tools/environment.mjs';
import { root, venvPython } from './paths.mjs';

/**
 * A suite is a program whose last line reads `N passed, N failed, N skipped`.
 * @typedef {object} Suite
 * @property {string} name
 * @property {readonly string[]} command
 * @property {number} [share] of the slots it takes for workers of its own; one slot when it isn't said
 * @property {string} [holds] what no two suites may hold at a time
 * @property {import('./side-environment.mjs').SideEnvironment} [environment] what is set up for it beside `.venv`
 * @property {string} [alone] why nothing else may run beside it
 */

const node = (script, ...args) => [process.execPath, join(root, script), ...args];

/**
 * Whoever starts kernels and servers asks the system for free ports, lets them go, and hands them on:
 * another suite that asks at that moment could be given the same ones.
 */
const PORTS = 'free ports';

/** The longest come first, so that none of them is left over at the end; then what runs alone. */
/** @type {readonly Suite[]} */
export const SUITES = [
  { name: 'unit', command: node('scripts/test-unit.mjs'), share: 0.5 },
  { name: 'notebooks', command: node('test/notebooks/run.mjs'), holds: PORTS },
  { name: 'browser', command: node('test/browser/run.mjs'), holds: PORTS },
  { name: 'lint', command: node('scripts/lint.mjs') },
  { name: 'accuracy', command: node('test/accuracy/run.mjs') },
  {
    name: 'conformance',
    command: [venvPython, join(root, 'test/conformance/run.py')],
    holds: PORTS,
  },
  {
    name: 'interrupts',
    // Fresh kernels at a few moments, with room for what runs beside them; `--sweep` alone takes all.
    command: node(
      'test/interrupts/run.mjs',
      ...['--sweep', '--moments', '6', '--abreast', '2', '--limit', '4000'],
    ),
    holds: PORTS,
  },
  { name: 'wheel', command: node('test/wheel/run.mjs') },
  // What other suites run in anyway is left out; the whole takes a conformance for each Node.js.
  { name: 'versions', command: node('test/versions/run.mjs', '--short'), holds: PORTS },
  { name: 'course', command: node('test/course/run.mjs'), holds: PORTS, environment: course },
  { name: 'scripts', command: node('test/scripts/run.mjs') },
  {
    name: 'tools',
    command: node('test/tools/run.mjs'),
    holds: PORTS,
    environment: tools,
  },
  {
    name: 'widgets',
    command: node('test/widgets/run.mjs'),
    holds: PORTS,
    environment: tools,
  },
  { name: 'sweep', command: node('test/sweep/run.mjs'), holds: PORTS, environment: tools },
  { name: 'report', command: node('test/report/run.mjs'), holds: PORTS },
  { name: 'tflite', command: node('test/tflite/run.mjs') },
  { name: 'tfjs', command: node('test/tfjs/run.mjs') },
  { name: 'tfjs-bf16', command: node('test/tfjs/run.mjs', '--autocast', 'bf16') },
  { name: 'tfjs-programs', command: node('test/tfjs/run.mjs', '--programs') },
  { name: 'tfjs-fp16', command: node('test/tfjs/run.mjs', '--autocast', 'fp16') },
  { name: 'onnx', command: node('test/onnx/run.mjs') },
  { name: 'onnx-cases', command: node('test/onnx-cases/run.mjs') },
  { name: 'fuzz-models', command: node('test/fuzz-models/run.mjs') },
  { name: 'foreign-models', command: node('test/foreign-models/run.mjs') },
  { name: 'cost', command: node('test/cost/run.mjs') },
  { name: 'report-exports', command: node('test/report-exports/run.mjs') },
  { name: 'npm-packages', command: node('test/npm-packages/run.mjs'), holds: PORTS },
  { name: 'docs', command: node('test/docs/run.mjs') },
  { name: 'setup', command: node('test/setup/run.mjs') },
  { name: 'runner', command: node('test/runner/run.mjs') },
  { name: 'gpu', command: node('test/gpu/run.mjs') },
  { name: 'channels', command: node('test/channels/run.mjs'), holds: PORTS },
  { name: 'energy-devices', command: node('test/energy-devices/run.mjs') },
  {
    name: 'fuzz',
    command: node('test/fuzz/run.mjs'),
    alone: 'it compares sizes of a kernel, and garbage lies longer where V8 has to share the cores',
  },
];

/** What suites ask for beside `.venv`. */
export function environmentsOf(suites) {
  return new Set(suites.flatMap(({ environment }) => environment ?? []));
}

/** What `--quick` runs: the sources as they are, and the unit tests that are fast or near a change. */
/** @type {readonly Suite[]} */
export const QUICK_SUITES = [
  { name: 'lint', command: node('scripts/lint.mjs', '--changed') },
  { name: 'unit', command: node('scripts/test-unit.mjs', '--quick'), share: 0.75 },
];
