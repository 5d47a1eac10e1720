#!/usr/bin/env node
/**
 * `npm run packages [-- --all]`
 * Packs what `npm install` takes, into dist/npm: `halfnote`, and its compiled parts for this platform, or with
 * `--all` for each that ONNX Runtime has binaries for. TensorFlow.js's addons are built for this one alone.
 */
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDir, isMain, root } from './lib/paths.mjs';
import { Missing } from './lib/requirements.mjs';
import { here } from './packages/binaries.mjs';
import { buildBindings } from './packages/bindings.mjs';
import { platformsOf } from './packages/npm/binding.mjs';
import { packForNpm } from './packages/npm/pack.mjs';
import { main, setup } from './setup.mjs';

/**
 * Packs them into an emptied folder.
 * @param {{to: string, all?: boolean}} options
 */
export async function makeNpmPackages({ to, all = false }) {
  rmSync(to, { recursive: true, force: true });
  return packForNpm({
    root,
    to,
    work: join(buildDir, 'npm-packages'),
    addons: await buildBindings(),
    platforms: all ? platformsOf(root) : [here()],
  });
}

function parse() {
  try {
    return parseArgs({ options: { all: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new Missing(`${error.message} Options: --all.`);
  }
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

if (isMain(import.meta.url)) {
  await main(async () => {
    const { all } = parse();
    await setup({ quiet: true });
    for (const { file, packed, unpacked } of await makeNpmPackages({
      to: join(root, 'dist/npm'),
      all,
    }))
      console.log(
        `✓ ${relative(root, file)}  ${megabytes(packed)}, ${megabytes(unpacked)} unpacked`,
      );
  });
}
