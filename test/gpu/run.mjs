#!/usr/bin/env node
/**
 * `npm test -- gpu`: every check that needs an NVIDIA GPU. Where there is none they are skipped, and the same
 * checks run on the CPU as a dry run, which tests the checks.
 *
 * `node test/gpu/run.mjs [--device gpu|cpu] [--cuda-wheel <path>] [part...]`
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Missing } from '../../scripts/lib/requirements.mjs';
import { countsOf, formatCounts, sumOf } from '../../scripts/lib/suite-process.mjs';
import { casesOf, PART_NAMES } from './cases/table.mjs';
import { checkCudaWheel } from './lib/cuda-wheel.mjs';
import { nvidiaGpus } from './lib/gpu.mjs';
import { buildDriver } from './lib/stand-in-driver.mjs';

const BODY = join(dirname(fileURLToPath(import.meta.url)), 'body.mjs');
const DEVICES = ['gpu', 'cpu'];

/** @returns {Promise<import('../../scripts/lib/suite-process.mjs').Counts>} */
async function main() {
  const { device, wheel, parts } = options(process.argv.slice(2));
  const { names, why } = await nvidiaGpus();
  const hidesGpu = names.length > 0;
  if (wheel !== undefined)
    return checkCudaWheel(wheel, (where) => onCpu(parts, { hidesGpu, ...where }));
  if (device !== 'cpu' && names.length > 0) {
    console.log(`on ${names.join(', ')}`);
    return body('gpu', ['--', ...parts], process.env);
  }
  const skipped = { passed: 0, failed: 0, skipped: Object.keys(casesOf(parts, 'gpu')).length };
  const reason = names.length > 0 ? 'the CPU was asked for' : `no NVIDIA GPU, ${why}`;
  console.log(`skipped: ${reason}: ${formatCounts(skipped)}`);
  if (device === 'gpu') return { ...skipped, failed: 1 };
  console.log('\nThe same checks on the CPU, as a dry run:');
  return sumOf([await onCpu(parts, { hidesGpu }), skipped]);
}

function options(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { device: { type: 'string' }, 'cuda-wheel': { type: 'string' } },
    });
  } catch (error) {
    throw new Missing(`${error.message} Options: --device, --cuda-wheel.`);
  }
  const { values, positionals: parts } = parsed;
  if (values.device !== undefined && !DEVICES.includes(values.device))
    throw new Missing(`--device ${values.device}: there are ${DEVICES.join(' and ')}.`);
  const unknown = parts.filter((part) => !PART_NAMES.includes(part));
  if (unknown.length > 0)
    throw new Missing(
      `No part is called ${unknown.join(', ')}. There are: ${PART_NAMES.join(', ')}.`,
    );
  return { device: values.device, wheel: values['cuda-wheel'], parts };
}

/**
 * The checks on the CPU, with a driver of our own where they read the energy of a GPU. A real one is hidden from
 * TensorFlow, and with it from the meters.
 */
async function onCpu(parts, { hidesGpu, kernel, env } = {}) {
  const chosen = parts.length > 0 ? parts : PART_NAMES;
  const args = ['--', ...chosen.filter((part) => !hidesGpu || part !== 'energy')];
  return body('cpu', kernel === undefined ? args : ['--kernel', kernel, ...args], {
    ...process.env,
    ...env,
    ...(hidesGpu
      ? { CUDA_VISIBLE_DEVICES: '-1' }
      : { CUDA_VISIBLE_DEVICES: undefined, LD_LIBRARY_PATH: await buildDriver() }),
  });
}

/** Runs the checks in a process of their own, which is shown as it goes. */
function body(device, args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BODY, '--device', device, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('close', (code) => resolve(countsOf(output, code === 0)));
  });
}

try {
  const counts = await main();
  if (counts.passed + counts.failed > 0)
    console.log('Speed is not tested but measured: npm run bench -- gemm training quantization');
  console.log(formatCounts(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
