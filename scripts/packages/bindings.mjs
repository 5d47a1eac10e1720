import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBinding } from '../build-binding.mjs';
import { buildDir, root } from '../lib/paths.mjs';
import { findCompiler } from '../lib/requirements.mjs';
import { digest, writeAtomically } from '../lib/steps.mjs';
import { tensorflowVersion } from '../setup.mjs';

/** The addon with kernels of our own, for one version of TensorFlow; and the one for all (backend/tensorflow/addon.ts). */
const ADDONS = [
  { file: 'tfjs_binding.node', portable: false },
  { file: 'tfjs_binding_portable.node', portable: true },
];
const BUILT_FOR = 'tfjs_binding.json';

/**
 * Builds the addons that are passed on, for this platform, and says which TensorFlow they are for. What has
 * been built of the same sources, against the same TensorFlow, by the same compiler stays.
 * @returns {Promise<string[]>} the files; none without a TensorFlow to build against
 */
export async function buildBindings() {
  const tensorflow = tensorflowVersion();
  if (tensorflow === undefined) return [];
  const compiler = await findCompiler();
  const folder = join(buildDir, 'bindings');
  mkdirSync(folder, { recursive: true });
  const files = [...ADDONS.map(({ file }) => file), BUILT_FOR].map((file) => join(folder, file));
  const stamp = join(folder, 'stamp');
  const sources = ['scripts/build-binding.mjs', 'kernel/native'].map((path) => join(root, path));
  const key = digest([compiler.version, tensorflow], sources);
  const isCurrent = existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
  if (isCurrent && files.every((file) => existsSync(file) && statSync(file).size > 0)) return files;
  rmSync(stamp, { force: true });
  for (const { file, portable } of ADDONS)
    await buildBinding({ root, output: join(folder, file), portable, compiler: compiler.command });
  writeFileSync(join(folder, BUILT_FOR), `${JSON.stringify({ tensorflow })}\n`);
  writeAtomically(stamp, key);
  return files;
}
