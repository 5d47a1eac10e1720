import { join } from 'node:path';
import { write, writeJson } from './disk.mjs';

/** A fork of TypeScript of 60 MB, of which tslab's converter uses what TypeScript has too. */
export const STAND_IN = '@tslab/typescript-for-tslab';

/** @param {string} version  TypeScript's */
export function standInManifest(version) {
  return {
    name: STAND_IN,
    version,
    description: 'TypeScript, under the name by which tslab asks for its fork of it',
    license: 'Apache-2.0',
    main: 'index.js',
    types: 'index.d.ts',
    dependencies: { typescript: version },
  };
}

/**
 * Puts TypeScript into a `node_modules` under the name that tslab asks for, with its types.
 * @param {string} modules
 * @param {string} version  TypeScript's
 */
export function writeStandIn(modules, version) {
  const folder = join(modules, STAND_IN);
  writeJson(join(folder, 'package.json'), standInManifest(version));
  write(join(folder, 'index.js'), "module.exports = require('typescript');\n");
  write(join(folder, 'index.d.ts'), "import ts = require('typescript');\nexport = ts;\n");
}
