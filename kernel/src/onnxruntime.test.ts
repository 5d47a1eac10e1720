import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from './runtime/packages';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'halfnote-ort-'))));
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** A small model that Python's package of ONNX Runtime ships. */
function model(): string {
  const lib = join(packageRoot, '../.venv/lib');
  const file = readdirSync(lib)
    .map((python) => join(lib, python, 'site-packages/onnxruntime/datasets/mul_1.onnx'))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error('needs the packages of tests: npm run setup -- --tests');
  return file;
}

/** What a process leaves in its home that loads ONNX Runtime as we do, and a model. */
function leftBy(env: NodeJS.ProcessEnv): string[] {
  const others = { ...process.env };
  delete others['ORT_DISABLE_TELEMETRY'];
  // ONNX Runtime notes nothing on a machine that says so.
  delete others['CI'];
  const script = `
    const { loadOnnxRuntime } = require(process.argv[1]);
    loadOnnxRuntime().InferenceSession.create(process.argv[2]);`;
  const args = ['-e', script, join(packageRoot, 'dist/onnxruntime.js'), model()];
  execFileSync(process.execPath, args, { env: { ...others, HOME: home, ...env } });
  return readdirSync(home, { recursive: true, encoding: 'utf8' });
}

it.runIf(process.platform === 'linux')('ONNX Runtime notes nothing in the home', () => {
  expect(leftBy({})).toEqual([]);
  // Unless it is asked to, which shows that it would.
  expect(leftBy({ ORT_DISABLE_TELEMETRY: '0' }).join()).toContain('Microsoft');
});
