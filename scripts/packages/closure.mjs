import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A package as it is installed.
 * @typedef {object} Installed
 * @property {string} name
 * @property {string} folder
 * @property {Record<string, unknown>} manifest  its package.json
 */

/**
 * What a package needs to run, as it is installed: itself left out, each place once, found as Node.js does.
 * An optional dependency that isn't there is none.
 * @param {string} from the package's folder
 * @param {ReadonlyMap<string, readonly string[]>} [needed]  by name, for packages whose dependencies aren't all wanted
 * @returns {Installed[]} nearest first
 * @throws one line for a dependency that isn't installed
 */
export function closure(from, needed = new Map()) {
  const found = new Map();
  const waiting = [{ folder: from, manifest: manifestOf(from) }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const wanted = needed.get(next.manifest.name);
    for (const [name, optional] of needs(next.manifest)) {
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const folder = placeOf(name, next.folder);
      if (folder === undefined) {
        if (optional) continue;
        throw new Error(
          `${name}, which ${next.folder} needs, is not installed: run npm run setup.`,
        );
      }
      if (found.has(folder)) continue;
      const installed = { name, folder, manifest: manifestOf(folder) };
      found.set(folder, installed);
      waiting.push(installed);
    }
  }
  return [...found.values()];
}

/** @returns {[string, boolean][]} names, and whether it runs without */
function needs({ dependencies = {}, optionalDependencies = {} }) {
  const optional = Object.keys(optionalDependencies);
  const required = Object.keys(dependencies).filter((name) => !optional.includes(name));
  return [...required.map((name) => [name, false]), ...optional.map((name) => [name, true])];
}

function placeOf(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (dirname(folder) === folder) return undefined;
  }
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
