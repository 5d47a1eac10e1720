// Writes what is made from tables in the sources: pages, and what editors know of magics. All but CONTRIBUTING.md
// needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withFloors } from './floors/page.mjs';

const docs = join(import.meta.dirname, '../docs');
const require = createRequire(import.meta.url);
const { makePage, makeReadme, PAGE_NAMES } = require('../kernel/dist/docs/pages.js');

const contributing = join(docs, '../CONTRIBUTING.md');
writeFileSync(contributing, withFloors(readFileSync(contributing, 'utf8')));
console.log('CONTRIBUTING.md');

const { reportJsonSchema } = require('../kernel/dist/report/json-schema.js');
writeFileSync(join(docs, 'report.schema.json'), `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
console.log('docs/report.schema.json');

const { VOCABULARY_FILES, vocabularyText } = require('../kernel/dist/docs/vocabulary.js');
for (const file of VOCABULARY_FILES) {
  writeFileSync(join(docs, '..', file), vocabularyText());
  console.log(file);
}

for (const name of PAGE_NAMES) {
  const template = readFileSync(join(docs, 'templates', name), 'utf8');
  writeFileSync(join(docs, name), makePage(name, template));
  console.log(`docs/${name}`);
}

const readme = join(docs, '../README.md');
writeFileSync(readme, makeReadme(readFileSync(readme, 'utf8')));
console.log('README.md');
