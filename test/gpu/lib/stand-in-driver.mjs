import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDir } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';
import { findCompiler } from '../../../scripts/lib/requirements.mjs';

const SOURCE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'driver/nvml.cc');

/** Builds the stand-in for NVIDIA's management library. @returns {Promise<string>} the folder it lies in */
export async function buildDriver() {
  const folder = join(buildDir, 'gpu');
  mkdirSync(folder, { recursive: true });
  const { command } = await findCompiler();
  await run(command, ['-shared', '-fPIC', '-O1', '-o', join(folder, 'libnvidia-ml.so.1'), SOURCE]);
  return folder;
}
