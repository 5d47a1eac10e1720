// Writes the pages that are made from tables in the sources: those under docs/ need a build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withFloors } from './floors/page.mjs';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

const pages = {
  'magics.md': () => require('../kernel/dist/docs/magics.js').magicsPage(),
  'formats.md': () => require('../kernel/dist/docs/formats.js').formatsPage(),
  'precision.md': () => require('../kernel/dist/docs/precision.js').precisionPage(),
};

const contributing = join(root, 'CONTRIBUTING.md');
writeFileSync(contributing, withFloors(readFileSync(contributing, 'utf8')));
console.log('CONTRIBUTING.md');

mkdirSync(join(root, 'docs'), { recursive: true });
for (const [name, page] of Object.entries(pages)) {
  writeFileSync(join(root, 'docs', name), page());
  console.log(`docs/${name}`);
}
