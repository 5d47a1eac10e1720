import { run } from '../lib/process.mjs';

/** The oldest glibc whose systems have a libstdc++ of this version: GCC 8, 10, 11, 12, 13. */
const LIBSTDCXX = [
  ['3.4.25', '2.28'],
  ['3.4.28', '2.31'],
  ['3.4.29', '2.34'],
  ['3.4.30', '2.35'],
  ['3.4.32', '2.38'],
];

/**
 * The tag of a wheel for the machines that can load all of some compiled files. On Linux it names the
 * oldest glibc that has what they ask for (PEP 600).
 * @param {readonly string[]} files
 * @param {import('./binaries.mjs').Platform} platform
 */
export async function platformTag(files, { os, arch }) {
  if (os === 'darwin') return `macosx_11_0_${arch === 'x64' ? 'x86_64' : arch}`;
  if (os === 'win32') return arch === 'x64' ? 'win_amd64' : `win_${arch}`;
  const asked = await Promise.all(files.map((file) => run('objdump', ['-T', file])));
  const glibc = oldestGlibc(asked.join('\n'));
  return `manylinux_${glibc.replace('.', '_')}_${arch === 'x64' ? 'x86_64' : 'aarch64'}`;
}

/** The glibc that the symbols of `objdump -T` ask for, by themselves or by their libstdc++. */
export function oldestGlibc(symbols) {
  const newest = (pattern) =>
    [...symbols.matchAll(pattern)]
      .map(([, version]) => version)
      .sort(byVersion)
      .at(-1);
  const glibc = newest(/\bGLIBC_([\d.]+)/g) ?? '2.17';
  const libstdcxx = newest(/\bGLIBCXX_([\d.]+)/g) ?? '3.4.19';
  const forThat = LIBSTDCXX.find(([version]) => byVersion(version, libstdcxx) >= 0)?.[1];
  if (forThat === undefined)
    throw new Error(
      `The compiler's libstdc++ (GLIBCXX_${libstdcxx}) is newer than those known here: add it to scripts/packages/platform-tag.mjs.`,
    );
  return byVersion(glibc, forThat) > 0 ? glibc : forThat;
}

function byVersion(a, b) {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  const at = x.findIndex((part, index) => part !== (y[index] ?? 0));
  return at === -1 ? x.length - y.length : x[at] - (y[at] ?? 0);
}
