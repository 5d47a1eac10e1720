#!/usr/bin/env node
/**
 * `npm run study [-- model...] [--formats fp32,bf16] [--seeds 5]`: trains each model on real data in
 * each format over several seeds, prints what that says about the formats, and writes build/study.json.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { STUDIES } from '../test/accuracy/lib/studies.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { Missing } from './lib/requirements.mjs';
import { writeAtomically } from './lib/steps.mjs';
import { main, setup } from './setup.mjs';

await main(async () => {
  await setup({ quiet: true });
  const require = createRequire(import.meta.url);
  const { COMPUTE_FORMATS } = require(join(root, 'kernel/dist/formats/names.js'));
  const { models, formats, seeds } = parse(process.argv.slice(2), COMPUTE_FORMATS);
  const halfnote = require(join(root, 'kernel/dist/index.js'));
  const facts = await halfnote.ensureBackend();
  const tf = require('@tensorflow/tfjs');

  const results = [];
  for (const name of models) {
    const study = await halfnote.accuracyStudy({
      ...STUDIES[name](tf, halfnote),
      formats,
      seeds: Array.from({ length: seeds }, (_, index) => 100 * (index + 1)),
      onScore: ({ format, seed, score }) =>
        process.stderr.write(`${name}  ${format}  seed ${seed}  ${score.toFixed(4)}\n`),
    });
    console.log(`\n${study[Symbol.for('Jupyter.display')]()['text/plain']}\n`);
    results.push({ name, ...study.result });
  }
  const file = join(buildDir, 'study.json');
  writeAtomically(file, `${JSON.stringify({ device: facts, studies: results }, null, 2)}\n`);
  console.log(`written to ${file}`);
});

function parse(args, allFormats) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      formats: { type: 'string', default: allFormats.join(',') },
      seeds: { type: 'string', default: '5' },
    },
  });
  const unknown = positionals.filter((name) => !(name in STUDIES));
  if (unknown.length > 0)
    throw new Missing(
      `The study has no model ${unknown.join(', ')}. Models: ${Object.keys(STUDIES).join(', ')}.`,
    );
  const formats = values.formats.split(',');
  const wrong = formats.filter((format) => !allFormats.includes(format));
  if (wrong.length > 0)
    throw new Missing(
      `The study does not train in ${wrong.join(', ')}. Formats: ${allFormats.join(', ')}.`,
    );
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 2)
    throw new Missing(`--seeds ${values.seeds}: a whole number from 2 up is needed.`);
  return { models: positionals.length > 0 ? positionals : Object.keys(STUDIES), formats, seeds };
}
