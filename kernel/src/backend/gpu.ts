import { execFileSync } from 'node:child_process';

export interface Gpu {
  readonly name: string;
  /** NVIDIA compute capability, for example 8.0; undefined when the driver doesn't say. */
  readonly computeCapability: number | undefined;
}

/** The first NVIDIA GPU as the driver's own tool names it. Never throws. */
export function readGpu(): Gpu {
  try {
    const output = execFileSync(
      'nvidia-smi',
      ['--query-gpu=name,compute_cap', '--format=csv,noheader'],
      { encoding: 'utf8', timeout: 5000, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return parseGpu(output);
  } catch {
    return { name: 'GPU', computeCapability: undefined };
  }
}

/** Reads `name, compute_cap` lines; the first GPU is the one TensorFlow uses. */
export function parseGpu(output: string): Gpu {
  const [name = 'GPU', capability = ''] = (output.split('\n')[0] ?? '').split(', ');
  const value = Number.parseFloat(capability);
  return { name, computeCapability: Number.isFinite(value) ? value : undefined };
}
