#!/usr/bin/env node
/**
 * The checks, in a process with the backend of the device that `run.mjs` chose:
 * `node test/gpu/body.mjs --device gpu|cpu [--kernel <dist>] [part...]`.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/paths.mjs';
import { casesOf } from './cases/table.mjs';
import { runMeasured } from './lib/case-runner.mjs';

const { values, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: 'string' },
    kernel: { type: 'string', default: join(root, 'kernel/dist') },
  },
});
const { device } = values;
const require = createRequire(join(values.kernel, 'index.js'));
const halfnote = require('./index.js');
const backend = (name) => require(`./backend/${name}.js`);
const { onOp, deviceTraps, loadBackend } = backend('load');

require('./start.js');
const facts = loadBackend();
console.log(`${facts.formats.fp32.engine} on ${facts.deviceName}`);
if (facts.device !== device) {
  console.log(
    `✗ TensorFlow computes on the ${facts.device === 'cpu' ? 'CPU' : 'GPU'}, where the ${device.toUpperCase()} was asked for.${
      device === 'gpu'
        ? ' Its CUDA build and libraries are needed: pip install "tensorflow[and-cuda]" into .venv in place of tensorflow-cpu, then npm run setup; TF_CPP_MIN_LOG_LEVEL=0 shows what it misses.'
        : ''
    }`,
  );
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
const setting = {
  tf: require('@tensorflow/tfjs'),
  halfnote,
  facts,
  onOp,
  deviceTraps,
  raw: { ...backend('raw'), ...backend('attributes'), ...backend('dtypes') },
  trapOps: backend('traps-ops'),
  kernel: values.kernel,
};
const { passed, failed } = await runMeasured(casesOf(parts, device), setting);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
