// Writes the pages under docs/ that are made from tables in the sources. Needs a build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

const pages = {
  'magics.md': () => require('../kernel/dist/docs/magics-page.js').magicsPage(),
  'formats.md': () => require('../kernel/dist/docs/formats-page.js').formatsPage(),
  'precision.md': () => require('../kernel/dist/docs/precision-page.js').precisionPage(),
};

mkdirSync(join(root, 'docs'), { recursive: true });
for (const [name, page] of Object.entries(pages)) {
  writeFileSync(join(root, 'docs', name), page());
  console.log(`docs/${name}`);
}
