import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/process.mjs';
import { here } from '../binaries.mjs';
import { stageBinding } from './binding.mjs';
import { readJson } from '../disk.mjs';
import { stageLibrary } from './library.mjs';
import { bindingName } from './manifest.mjs';

/**
 * Lays out `halfnote` and its compiled parts for platforms, and packs them.
 * @param {{root: string, work: string, to: string, addons: readonly string[],
 *   platforms: readonly import('../binaries.mjs').Platform[]}} options  `work` is emptied, tarballs go to `to`;
 *   `addons`: files, for the platform that this runs on
 * @returns {Promise<{name: string, file: string, packed: number, unpacked: number}[]>} sizes in bytes; the
 *   library first
 */
export async function packForNpm({ root, work, to, addons, platforms }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const versionOf = lockedVersions(root);
  const library = join(work, 'halfnote');
  stageLibrary({ root, to: library, versionOf, platforms });
  const packed = [await pack(library, to)];
  for (const platform of platforms) {
    const folder = join(work, bindingName(platform));
    const isHere = platform.os === here().os && platform.arch === here().arch;
    stageBinding({ root, to: folder, platform, addons: isHere ? addons : [] });
    packed.push(await pack(folder, to));
  }
  return packed;
}

/** @returns {(name: string) => string} the version of a package that the kernel uses */
function lockedVersions(root) {
  const { packages } = readJson(join(root, 'package-lock.json'));
  return (name) => {
    const found = packages[`kernel/node_modules/${name}`] ?? packages[`node_modules/${name}`];
    if (found === undefined) throw new Error(`package-lock.json has no ${name}: run npm install.`);
    return found.version;
  };
}

async function pack(folder, to) {
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel', 'error'];
  const output = await run('npm', [...args, '--pack-destination', to], { cwd: folder });
  const [{ name, filename, size, unpackedSize }] = JSON.parse(output);
  return { name, file: join(to, filename), packed: size, unpacked: unpackedSize };
}
