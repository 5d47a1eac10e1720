import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Relative paths with `/`, without those of packages within. */
export function filesOf(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

/** What runs of the compiled kernel, and its types. @throws where it isn't compiled */
export function kernelFiles(kernel) {
  const compiled = filesOf(kernel, 'dist').filter((path) => /\.(?:js|d\.ts|json)$/.test(path));
  if (!compiled.includes('dist/index.js'))
    throw new Error('The kernel is not compiled: run npm run setup.');
  return [...compiled, ...filesOf(kernel, 'python').filter((path) => path.endsWith('.py'))];
}

/** The paths of all files below a folder, those of packages too. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
