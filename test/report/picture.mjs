#!/usr/bin/env node
/**
 * The picture of a report in README: reports notebooks/reports/digits-report.ipynb and takes the top of its
 * page, to build/screenshots/report-light.png. A quiet machine gives a report that is VALID.
 *
 *   node test/report/picture.mjs [REPORT.html]   the picture of a report that was made before
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { launchChromium } from '../browser/lib/chromium.mjs';

const NOTEBOOK = join(root, 'notebooks/reports/digits-report.ipynb');
/** What README says of it: where, in which building, on which machine. */
const OPTIONS = ['--trials', '3', '--region', 'FRA', '--pue', '1.2'];
/** As wide as the paper, and down to the table of accounts. */
const WIDTH = 794;

const picture = join(buildDir, 'screenshots/report-light.png');
await takePicture(process.argv[2] === undefined ? makeReport() : resolve(process.argv[2]));
console.log(picture);

function makeReport() {
  const folder = join(buildDir, 'report-picture');
  const main = join(root, 'kernel/dist/cli/main.js');
  const args = [main, 'report', NOTEBOOK, ...OPTIONS, '--no-pdf', '--output', folder];
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`halfnote report ended with ${status}`);
  return join(folder, 'digits-report.report.html');
}

async function takePicture(html) {
  mkdirSync(dirname(picture), { recursive: true });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({
      viewport: { width: WIDTH, height: 1000 },
      deviceScaleFactor: 1.5,
      colorScheme: 'light',
    });
    await page.goto(pathToFileURL(html).href);
    const table = await page.locator('table').first().boundingBox();
    const height = Math.ceil(table.y + table.height + 16);
    await page.screenshot({ path: picture, clip: { x: 0, y: 0, width: WIDTH, height } });
  } finally {
    await browser.close();
  }
}
