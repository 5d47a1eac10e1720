#!/usr/bin/env node
/** `npm run demo`: sets up, executes the quickstart through a real kernel, and prints what it found. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { executeNotebooks, plainTexts, readNotebook } from './lib/notebook.mjs';
import { buildDir, jupyterEnvironment, root, venvPython } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { main, setup } from './setup.mjs';

const require = createRequire(import.meta.url);
/** What the quickstart shows. */
const SHOWN = ['precisionTable', 'carbon'];

await main(async () => {
  const start = performance.now();
  await setup();
  const { MIME } = require('../kernel/dist/payloads/mime-types.js');

  const executed = join(buildDir, 'quickstart.ipynb');
  await executeNotebooks([
    { notebook: join(root, 'notebooks/quickstart.ipynb'), output: executed },
  ]);
  const notebook = readNotebook(executed);

  const html = join(buildDir, 'quickstart.html');
  await run(
    venvPython,
    ['-m', 'nbconvert', '--to', 'html', '--log-level', 'ERROR', executed, '--output', html],
    { env: jupyterEnvironment() },
  );

  for (const what of SHOWN) {
    const mimeType = MIME[what];
    const texts = plainTexts(notebook, mimeType);
    if (texts.length === 0)
      throw new Error(`The quickstart showed no output of type ${mimeType} (${what}).`);
    console.log(`\n${texts.at(-1)}`);
  }
  if (!existsSync(html)) throw new Error(`nbconvert wrote no ${html}`);
  console.log(
    `\nDone in ${((performance.now() - start) / 1000).toFixed(0)} s. The notebook with its outputs: ${html}`,
  );
  console.log('Open it in JupyterLab, to change and run it: npm start');
});
