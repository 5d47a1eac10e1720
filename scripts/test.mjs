#!/usr/bin/env node
/**
 * `npm test [suite...]`: sets up, runs every suite (or the named ones), and ends with one line over all.
 * A suite is a program whose last line reads `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { jupyterEnvironment, root, venvPython } from './lib/paths.mjs';
import { Missing } from './lib/requirements.mjs';
import { main, setup } from './setup.mjs';

const node = (script, ...args) => [process.execPath, join(root, script), ...args];
const suites = {
  lint: node('scripts/lint.mjs'),
  unit: node('scripts/test-unit.mjs'),
  setup: node('test/setup/run.mjs'),
  tfjs: node('test/tfjs/run.mjs'),
  'tfjs-bf16': node('test/tfjs/run.mjs', '--autocast', 'bf16'),
  'tfjs-fp16': node('test/tfjs/run.mjs', '--autocast', 'fp16'),
  conformance: [venvPython, join(root, 'test/conformance/run.py')],
  fuzz: node('test/fuzz/run.mjs'),
  onnx: node('test/onnx/run.mjs'),
  'onnx-cases': node('test/onnx-cases/run.mjs'),
  tflite: node('test/tflite/run.mjs'),
  accuracy: node('test/accuracy/run.mjs'),
  notebooks: node('test/notebooks/run.mjs'),
  browser: node('test/browser/run.mjs'),
};

await main(async () => {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(name in suites));
  if (unknown.length > 0)
    throw new Missing(
      `No suite is called ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.`,
    );
  await setup({ quiet: true });

  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const name of named.length > 0 ? named : Object.keys(suites)) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    const counts = await runSuite(suites[name]);
    for (const key of Object.keys(total)) total[key] += counts[key];
    lines.push(
      `${name.padEnd(12)} ${format(counts).padEnd(40)} ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
  }
  console.log(`\n${lines.join('\n')}\n\n${format(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

function format({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A suite that exits non-zero, or says no counts, has failed even when it counted no failure. */
function runSuite([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: jupyterEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      const last = [...output.matchAll(/(\d+) passed, (\d+) failed, (\d+) skipped/g)].at(-1);
      const [passed = 0, failed = 0, skipped = 0] = last?.slice(1).map(Number) ?? [];
      resolve({ passed, failed: failed === 0 && (code !== 0 || !last) ? 1 : failed, skipped });
    });
  });
}
