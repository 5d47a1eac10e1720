import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { default: Ajv } = require('ajv-draft-04');

/** BoAmps' five schemas by ajv: one case a report, and one that shows that the judge judges. */
export function judgeBoamps(folder, schemas, tell) {
  // Their schemas say `required` of an array, which strict mode refuses.
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const file of readdirSync(schemas).filter((name) => name.endsWith('_schema.json')))
    ajv.addSchema(read(join(schemas, file)));
  const judge = ajv.getSchema(read(join(schemas, 'report_schema.json')).id);
  const names = readdirSync(folder);
  for (const name of names) {
    const accepted = judge(read(join(folder, name, 'boamps/boamps.json')));
    tell(`${name}: ajv accepts boamps.json`, accepted ? undefined : ajv.errorsText(judge.errors));
  }
  const spoilt = read(join(folder, names[0], 'boamps/boamps.json'));
  spoilt.infrastructure.components[0].nbComponent = 0.5;
  tell('ajv refuses half a processor', judge(spoilt) ? 'it took it' : undefined);
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
