import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What decides which TensorFlow a machine can have. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether a driver of NVIDIA's is loaded, so that the build for CUDA is worth its size. */
  readonly hasNvidia: boolean;
  /** Of the Python that is to have it, for example `3.12.1`; undefined where any may. */
  readonly python: string | undefined;
}

/** A package of pip's, or why there is none. */
export type TensorFlowPackage = { readonly name: string } | { readonly none: string };

/** Python 3, by its minor version: those that TensorFlow has wheels for. */
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 13;
export const PYTHONS = `Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}`;

const BUILDS: Readonly<Record<string, string>> = {
  'linux x64': 'tensorflow-cpu',
  'linux arm64': 'tensorflow',
  'darwin arm64': 'tensorflow',
};

/** Which package of pip's is the TensorFlow for a machine. */
export function tensorflowPackage({
  platform,
  arch,
  hasNvidia,
  python,
}: Machine): TensorFlowPackage {
  const build = BUILDS[`${platform} ${arch}`];
  if (build === undefined)
    return { none: `There is no TensorFlow that Halfnote can use on ${platform} ${arch}` };
  const [major = NaN, minor = NaN] = (python ?? `3.${NEWEST_MINOR}`).split('.').map(Number);
  if (major !== 3 || minor < OLDEST_MINOR || minor > NEWEST_MINOR)
    return { none: `TensorFlow has wheels for ${PYTHONS}, and none for Python ${python ?? ''}` };
  // Only the build for this one has a sister for CUDA.
  return { name: hasNvidia && build === 'tensorflow-cpu' ? 'tensorflow[and-cuda]' : build };
}

/** This machine, with the Python that is to have TensorFlow. */
export function thisMachine(python: string | undefined): Machine {
  const hasNvidia = ['/proc/driver/nvidia/version', '/dev/nvidiactl'].some((path) =>
    existsSync(path),
  );
  return { platform: process.platform, arch: process.arch, hasNvidia, python };
}

/** The version of an environment's Python, as far as its files tell without it being started. */
export function pythonVersion(python: string, prefix: string): string | undefined {
  const settings = join(prefix, 'pyvenv.cfg');
  if (existsSync(settings)) {
    const said = /^version(?:_info)?\s*=\s*(\d+(?:\.\d+)+)/m.exec(readFileSync(settings, 'utf8'));
    if (said) return said[1];
  }
  const file = existsSync(python) ? realpathSync(python) : python;
  return /^python(\d+\.\d+)/.exec(basename(file))?.[1];
}
