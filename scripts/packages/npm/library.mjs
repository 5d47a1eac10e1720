import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { isLicense, leftOut } from '../contents.mjs';
import { thirdPartyLicenses } from '../licenses.mjs';
import { filesOf, kernelFiles } from '../files.mjs';
import { writeStandIn } from '../stand-in.mjs';
import { asksFor, BUNDLED, withOurBinaries } from './bundled.mjs';
import { copy, readJson, write, writeJson } from '../disk.mjs';
import { bundledManifest, libraryManifest } from './manifest.mjs';

/**
 * Lays out the package `halfnote`: the compiled library, its command, and what is bundled with it.
 * @param {{root: string, to: string, versionOf: (name: string) => string,
 *   platforms: readonly import('../binaries.mjs').Platform[]}} options
 */
export function stageLibrary({ root, to, versionOf, platforms }) {
  const kernel = join(root, 'kernel');
  const manifest = libraryManifest(readJson(join(kernel, 'package.json')), versionOf, platforms);
  writeJson(join(to, 'package.json'), manifest);
  for (const path of kernelFiles(kernel)) copy(join(kernel, path), join(to, path));
  copy(join(kernel, 'README.md'), join(to, 'README.md'));
  for (const name of ['LICENSE', 'NOTICE']) copy(join(root, name), join(to, name));

  const modules = join(to, 'node_modules');
  const bundled = [...BUNDLED.keys()].map((name) => {
    const folder = join(root, 'node_modules', name);
    bundle({ name, folder, to: join(modules, name), versionOf });
    return { name, folder, manifest: readJson(join(folder, 'package.json')) };
  });
  writeStandIn(modules, versionOf('typescript'));
  write(join(to, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(bundled));
}

function bundle({ name, folder, to, versionOf }) {
  const { kept, needs } = BUNDLED.get(name);
  const manifest = bundledManifest(readJson(join(folder, 'package.json')), versionOf);
  writeJson(join(to, 'package.json'), manifest);
  for (const path of filesOf(folder)) {
    if (leftOut(name, path) !== undefined || !(kept.test(path) || isLicense(path))) continue;
    if (!path.endsWith('.js')) {
      copy(join(folder, path), join(to, path));
      continue;
    }
    const text = readFileSync(join(folder, path), 'utf8');
    const missing = asksFor(text, isBuiltin).filter((one) => !needs.includes(one));
    if (missing.length > 0)
      throw new Error(`${name}/${path} asks for ${missing}: add it to its needs, or leave it out.`);
    const isLoader = name === 'onnxruntime-node' && path === 'dist/binding.js';
    write(join(to, path), isLoader ? withOurBinaries(text) : text);
  }
  if (!existsSync(join(to, manifest.main)))
    throw new Error(`${name}: its main module ${manifest.main} is left out.`);
}
