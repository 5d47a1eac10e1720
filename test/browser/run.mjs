#!/usr/bin/env node
/**
 * What a user sees, in headless Chromium: `node test/browser/run.mjs [part...]`, those of `parts` below; all by
 * default. Screenshots go to `build/screenshots`.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { writeNotebooks } from './fixtures/notebooks.mjs';
import { debuggerOfLab } from './debugger.mjs';
import { editor, editorElsewhere } from './editor.mjs';
import { everyOutput, readOnlyNotebook } from './every.mjs';
import { hostilePayloads } from './fuzz.mjs';
import { handles } from './handles.mjs';
import { journal } from './journal.mjs';
import { kernelByHand } from './kernel.mjs';
import { launchChromium } from './lib/chromium.mjs';
import { startServer } from './lib/server.mjs';
import { Suite } from './lib/suite.mjs';
import { liveUpdates } from './live.mjs';
import { notebook } from './notebook.mjs';
import { printedOutOfSight, printedPage } from './printed.mjs';
import { papers } from './paper.mjs';
import { noPolicyElsewhere, policyOfSharedKernel, policySwitch } from './policy.mjs';
import { rangesWhileTraining } from './ranges.mjs';
import { shapes } from './shapes.mjs';
import { inChinese, shell, shellOfLab, silentElsewhere } from './shell.mjs';
import { storedOutputs } from './stored.mjs';
import { widgets } from './widgets.mjs';

const quickstart = join(root, 'notebooks/quickstart.ipynb');
const suite = new Suite();
const folder = mkdtempSync(join(tmpdir(), 'halfnote-notebooks-'));
/** Files beside the notebooks, by which a test tells a cell to go on. */
const files = {
  write: (name) => writeFileSync(join(folder, name), ''),
  copy: (from, to) => cpSync(join(folder, from), join(folder, to)),
  remove: (name) => rmSync(join(folder, name), { force: true }),
};
const wanted = process.argv.slice(2);
let browser;
let server;
const parts = {
  fuzz: () => hostilePayloads(suite, browser),
  stored: () => each((app) => storedOutputs(suite, browser, server, app)),
  unseen: () => each((app) => printedOutOfSight(suite, browser, server, app)),
  shapes: () => {
    writeNotebooks(folder);
    return shapes(suite, browser, server);
  },
  handles: () => each((app) => handles(suite, browser, server, app)),
  every: async () => {
    writeNotebooks(folder);
    await everyOutput(suite, browser, server, 'lab');
    await printedPage(suite, browser, { folder, file: 'every.ipynb' });
    await readOnlyNotebook(suite, browser, server);
  },
  paper: () => each((app) => papers(suite, browser, server, app)),
  live: () => each((app) => liveUpdates(suite, browser, server, app)),
  editor: async () => {
    await each((app) => editor(suite, browser, server, app));
    await editorElsewhere(suite, browser, server);
  },
  policy: async () => {
    await each((app) => policySwitch(suite, browser, server, app, files));
    await noPolicyElsewhere(suite, browser, server);
  },
  shared: () => {
    writeNotebooks(folder);
    return policyOfSharedKernel(suite, browser, server);
  },
  journal: () => each((app) => journal(suite, browser, server, app, files)),
  ranges: () => each((app) => rangesWhileTraining(suite, browser, server, app)),
  shell: async () => {
    await each((app) => shell(suite, browser, server, app, files));
    await shellOfLab(suite, browser, server);
    await silentElsewhere(suite, browser, server);
    writeNotebooks(folder);
    await inChinese(suite, browser, folder);
  },
  debugger: () => {
    writeNotebooks(folder);
    return debuggerOfLab(suite, browser, server);
  },
  kernel: () => each((app) => kernelByHand(suite, browser, server, app)),
  widgets: () => each((app) => widgets(suite, browser, server, app)),
  quickstart: () => {
    cpSync(dirname(quickstart), folder, { recursive: true });
    return notebook(suite, browser, server, {
      file: basename(quickstart),
      views: ['precision-table', 'gradient-ranges', 'carbon'],
      limitMs: 540_000,
    });
  },
};
try {
  await suite.part('the browser suite', async () => {
    browser = await launchChromium();
    server = await startServer(folder);
    for (const [name, run] of Object.entries(parts))
      if (wanted.length === 0 || wanted.includes(name)) await suite.part(name, run);
  });
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
suite.finish();

/** Runs a part in both front ends, each time on fresh files. */
async function each(run) {
  for (const app of ['lab', 'notebook']) {
    writeNotebooks(folder);
    await run(app);
  }
}
