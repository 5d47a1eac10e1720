#!/usr/bin/env node
/**
 * What a user sees, in headless Chromium: `node test/browser/run.mjs [part...]`, parts `stored`,
 * `live`, `quickstart`; all by default. Screenshots go to `build/screenshots`.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { writeNotebooks } from './fixtures/notebooks.mjs';
import { launchChromium } from './lib/chromium.mjs';
import { startServer } from './lib/server.mjs';
import { Suite } from './lib/suite.mjs';
import { liveUpdates } from './live.mjs';
import { notebook } from './notebook.mjs';
import { storedOutputs } from './stored.mjs';

const quickstart = join(root, 'notebooks/quickstart.ipynb');
const parts = process.argv.slice(2);
const wanted = (part) => parts.length === 0 || parts.includes(part);

const suite = new Suite();
const folder = mkdtempSync(join(tmpdir(), 'halfnote-notebooks-'));
writeNotebooks(folder);
const browser = await launchChromium();
const server = await startServer(folder);
try {
  for (const app of ['lab', 'notebook']) {
    if (wanted('stored')) await storedOutputs(suite, browser, server, app);
    if (wanted('live')) await liveUpdates(suite, browser, server, app);
  }
  if (wanted('quickstart')) {
    cpSync(dirname(quickstart), folder, { recursive: true });
    await notebook(suite, browser, server, {
      file: basename(quickstart),
      views: ['precision-table', 'gradient-ranges', 'carbon'],
      limitMs: 300_000,
    });
  }
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
suite.finish();
