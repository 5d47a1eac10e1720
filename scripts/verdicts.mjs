#!/usr/bin/env node
/**
 * `npm run verdicts [-- int8 kv-cache ...]`: runs the studies of notebooks/research on this machine, all seeds and
 * trials, keeps them with their outputs, and writes this machine's column and the pictures of docs/verdicts.md and README.md. For an
 * idle machine: what else runs is in the seconds and joules.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import {
  executeNotebooks,
  firstPicture,
  payloads,
  plainTexts,
  readNotebook,
  traces,
} from './lib/notebook.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { Missing } from './lib/requirements.mjs';
import { writeAtomically } from './lib/steps.mjs';
import { main, setup } from './setup.mjs';

const folder = join(root, 'notebooks/research');

await main(async () => {
  await setup({ quiet: true });
  const require = createRequire(join(root, 'kernel/dist/index.js'));
  const { COLUMN_SCHEMA, columnPart, machineSlug } = require('./studies/column.js');
  const { VERDICT_MIME } = require('./studies/claim-verdict.js');
  const { TESTED_CLAIMS } = require('./studies/tested-claims.js');
  const { hardwareFacts, versionFacts } = require('./cli/report/facts.js');
  const { textHash } = require('./studies/notebook-hash.js');

  const { cpu, memoryBytes, gpus, os } = await hardwareFacts();
  const names = gpus.map(({ name }) => name);
  const machine = { cpu: cpu.model, threads: cpu.threads, memoryBytes, gpus: names, os };
  const column = join(folder, 'verdicts', machineSlug(machine));
  for (const study of chosen(TESTED_CLAIMS)) {
    const notebook = join(folder, `${study}.ipynb`);
    const output = join(buildDir, 'research', `${study}.ipynb`);
    const [loadAverage] = loadavg();
    await executeNotebooks([{ notebook, output }]);
    const [trace] = traces(output);
    if (trace !== undefined) throw new Error(`${study}: ${trace}.`);
    const executed = readNotebook(output);
    const part = columnPart.parse({
      schema: COLUMN_SCHEMA,
      study,
      notebookHash: textHash(executed.cells),
      date: new Date().toISOString().slice(0, 10),
      machine,
      loadAverage: Number(loadAverage.toFixed(1)),
      versions: versionFacts([], folder),
      verdicts: payloads(executed, VERDICT_MIME),
    });
    mkdirSync(column, { recursive: true });
    writeAtomically(join(column, `${study}.json`), `${JSON.stringify(part, null, 2)}\n`);
    copyFileSync(output, notebook);
    const picture = firstPicture(executed);
    if (picture !== undefined)
      writeAtomically(join(root, 'docs/images', `study-${study}.svg`), `${picture}\n`);
    console.log(plainTexts(executed, VERDICT_MIME).join('\n\n'));
  }
  await run(process.execPath, [join(root, 'scripts/docs.mjs')], { show: true });
});

function chosen(claims) {
  const known = [...new Set(claims.map(({ study }) => study))];
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Missing(`There is no study ${unknown.join(', ')}. Studies: ${known.join(', ')}.`);
  return names.length === 0 ? known : names;
}
