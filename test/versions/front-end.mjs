import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { jupyterEnvironment, programOf } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { Cells } from '../browser/lib/cells.mjs';
import { Frontend } from '../browser/lib/frontend.mjs';
import { startServer } from '../browser/lib/server.mjs';
import { notebookOf } from '../lib/notebook.mjs';
import { builtParts, jupyterOf } from './lib/jupyters.mjs';

const FILE = 'versions.ipynb';
const CELLS = [
  `%precision bf16
import * as tf from '@tensorflow/tfjs';
const product = tf.matMul(tf.fill([2, 2], 1 / 3), tf.ones([2, 2]));
console.log(product.dataSync()[0]);`,
  `%gradients on
const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [8] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(tf.randomNormal([64, 8]), tf.randomNormal([64, 4]), { epochs: 2, verbose: 0 });
%gradients show`,
];

/** The extension with a pair of JupyterLab and Notebook, which one server serves. */
export async function inFrontEnds(suite, browser, pair) {
  const { environment, lab, notebook } = await jupyterOf(pair);
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-versions-'));
  const env = await builtParts();
  const server = await startServer(folder, { environment, env });
  try {
    suite.at(`JupyterLab ${lab} and Notebook ${notebook}`);
    await suite.check('take the extension for compatible', async () => {
      const listing = await run(programOf(environment, 'jupyter'), ['labextension', 'list'], {
        env: { ...jupyterEnvironment(environment), ...env },
      });
      assert.match(stripVTControlCharacters(listing), /halfnote-lab v\S+ enabled +OK/);
    });
    for (const [app, title] of [
      ['lab', `JupyterLab ${lab}`],
      ['notebook', `Notebook ${notebook}`],
    ]) {
      writeFileSync(join(folder, FILE), JSON.stringify(notebookOf(CELLS)));
      suite.at(title);
      await suite.part(title, () => inFrontEnd(suite, browser, server, app, title));
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inFrontEnd(suite, browser, server, app, title) {
  const frontend = await Frontend.open(browser, server, { app, file: FILE });
  const { page } = frontend;
  const cell = new Cells(frontend);
  const line = page.locator('.hn-energy-line');
  const has = (locator, pattern) =>
    locator.filter({ hasText: pattern }).first().waitFor({ timeout: 60_000 });
  try {
    await suite.check('runs a cell in bf16', async () => {
      await frontend.runAll(120_000);
      // A third, twice, as bf16 has it.
      assert.match(await cell.output(0), /0\.66796875$/);
    });
    await suite.check('shows the precision beside the notebook', () => has(line, /^bf16 · /));
    await suite.check('draws a chart', async () => {
      await frontend.charts(1, 60_000);
      assert.equal(await page.locator('.hn-gradient-ranges').count(), 1);
    });
    await suite.check('colours a magic', () => has(cell.magic(0), /precision/));
    await suite.check('opens its panels', async () => {
      await line.click();
      await has(page.locator('#halfnote-energy'), /In \[2\]/);
      await frontend.command('halfnote:show-variables');
      await has(page.locator('#halfnote-variables tbody'), /product.*\[2, 2\].*bf16/);
    });
    await frontend.screenshot(`versions-${title.replace(' ', '-')}`);
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}
