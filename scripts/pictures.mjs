#!/usr/bin/env node
/**
 * The pictures of README and docs, of notebooks that run meanwhile in headless Chromium: `npm run pictures`, or
 * `npm run pictures -- views quickstart report` for some of them.
 * With `--looks` instead every view as people meet it, into `build/looks`: JupyterLab in both themes, Notebook 7,
 * at 1000 and 1600 px, at 200 % zoom, untrusted, as nbconvert's HTML, and on paper.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../test/browser/lib/chromium.mjs';
import { startServer } from '../test/browser/lib/server.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { DOCUMENTS } from './pictures/documents.mjs';
import { looks } from './pictures/looks.mjs';

const chosen = process.argv.slice(2);
const wantsLooks = chosen.includes('--looks');
const folder = mkdtempSync(join(tmpdir(), 'halfnote-pictures-'));
cpSync(join(root, 'notebooks'), folder, { recursive: true });
let browser;
let server;
try {
  browser = await launchChromium();
  server = await startServer(folder);
  const target = wantsLooks ? join(buildDir, 'looks') : join(root, 'docs/images');
  if (wantsLooks) rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  if (wantsLooks) await looks(browser, server, { folder, target });
  else
    for (const [name, take] of Object.entries(DOCUMENTS))
      if (chosen.length === 0 || chosen.includes(name)) await take(browser, server, target);
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
