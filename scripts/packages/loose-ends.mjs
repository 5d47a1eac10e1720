import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { OPTIONAL } from './contents.mjs';
import { filesOf } from './files.mjs';

const REQUIRED = /\brequire\(\s*(['"])([^'"\n]+)\1\s*\)/g;
const ENDINGS = ['', '.js', '.cjs', '.json', '.node', '/index.js', '/index.cjs'];

/**
 * Where staged CommonJS asks for a file or package that is there in the checkout and was left out.
 * @param {readonly {folder: string, target: string}[]} copies  packages, and where they were copied to
 * @returns {string[]} one line each
 */
export function looseEnds(copies) {
  return copies.flatMap(({ folder, target }) =>
    filesOf(target)
      .filter((path) => /\.c?js$/.test(path))
      .flatMap((path) => {
        const text = readFileSync(join(target, path), 'utf8');
        const asked = [...new Set([...text.matchAll(REQUIRED)].map((match) => match[2]))];
        return asked
          .filter((name) => !OPTIONAL.has(name))
          .filter((name) => isThere(name, dirname(join(folder, path))))
          .filter((name) => !isThere(name, dirname(join(target, path))))
          .map((name) => `${relative(dirname(target), join(target, path))} requires ${name}`);
      }),
  );
}

function isThere(name, from) {
  if (name.startsWith('.')) return ENDINGS.some((ending) => existsSync(join(from, name + ending)));
  const [scope, second] = name.split('/');
  const packageName = name.startsWith('@') ? `${scope}/${second}` : scope;
  if (builtinModules.includes(packageName) || packageName.startsWith('node:')) return true;
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', packageName))) return true;
    if (dirname(folder) === folder) return false;
  }
}
