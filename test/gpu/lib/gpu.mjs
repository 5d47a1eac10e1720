import { existsSync } from 'node:fs';
import { probe } from '../../../scripts/lib/process.mjs';
import { hasNvidiaDriver } from '../../../scripts/lib/requirements.mjs';

/** WSL shows a GPU to Linux by this device alone. */
const WSL = '/dev/dxg';

/**
 * The NVIDIA GPUs that the driver's own tool lists.
 * @returns {Promise<{names: readonly string[], why: string}>} `why` none is usable, where none is
 */
export async function nvidiaGpus() {
  const listed = await probe('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
  const names = listed?.split('\n').filter((line) => line.trim() !== '') ?? [];
  if (names.length > 0) return { names, why: '' };
  const why =
    hasNvidiaDriver() || existsSync(WSL)
      ? 'a driver is loaded, but nvidia-smi lists no GPU'
      : 'no driver is loaded';
  return { names, why };
}
