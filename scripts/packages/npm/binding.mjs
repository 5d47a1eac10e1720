import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { copy, readJson, write, writeJson } from '../disk.mjs';
import { bindingManifest } from './manifest.mjs';
import { ONNX_RUNTIME_LICENSE } from './terms.mjs';

/** On macOS the library lies there twice; the addon asks for the one with the major version alone. */
const TWICE = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

const ONNX_RUNTIME = 'node_modules/onnxruntime-node/bin/napi-v6';

/** @returns {import('../binaries.mjs').Platform[]} those that ONNX Runtime has binaries for */
export function platformsOf(root) {
  const at = join(root, ONNX_RUNTIME);
  return readdirSync(at).flatMap((os) => readdirSync(join(at, os)).map((arch) => ({ os, arch })));
}

/**
 * Lays out the package of what is compiled for a platform: TensorFlow.js's addons and ONNX Runtime.
 * @param {{root: string, to: string, platform: import('../binaries.mjs').Platform,
 *   addons: readonly string[]}} options  `addons`: files, built for this platform
 */
export function stageBinding({ root, to, platform, addons }) {
  const manifest = bindingManifest(readJson(join(root, 'kernel/package.json')), platform);
  writeJson(join(to, 'package.json'), manifest);
  for (const file of addons) copy(file, join(to, basename(file)));
  const runtime = join(root, ONNX_RUNTIME, platform.os, platform.arch);
  const libraries = existsSync(runtime) ? readdirSync(runtime) : [];
  for (const name of libraries.filter((one) => !TWICE.test(one)))
    copy(join(runtime, name), join(to, name));
  for (const name of ['LICENSE', 'NOTICE']) copy(join(root, name), join(to, name));
  // tfjs-node, which is compiled into the addons, has the licence that we have, and no notice.
  write(join(to, 'THIRD-PARTY-LICENSES.txt'), ONNX_RUNTIME_LICENSE);
  write(join(to, 'README.md'), `# ${manifest.name}\n\n${manifest.description}. See halfnote.\n`);
}
