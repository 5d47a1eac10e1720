#!/usr/bin/env node
/**
 * The versions that we claim: the kernel in each major version of Node.js, the extension in the oldest and
 * the newest JupyterLab 4 and Notebook 7. `node test/versions/run.mjs [--short] [part...]`, parts as
 * `node-22` and `lab-4.2`; all by default. What they need is fetched once and kept in `build/versions`.
 * `--short` leaves out what other suites run in anyway.
 */
import { parseArgs } from 'node:util';
import { launchChromium } from '../browser/lib/chromium.mjs';
import { Suite } from '../browser/lib/suite.mjs';
import { inFrontEnds } from './front-end.mjs';
import { JUPYTERS, OWN } from './lib/jupyters.mjs';
import { NODES } from './lib/nodes.mjs';
import { inNode } from './node.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const isShort = values.short;
const suite = new Suite();
let browser;
const parts = {
  ...Object.fromEntries(NODES.map((major) => [`node-${major}`, () => ofNode(major)])),
  ...Object.fromEntries(JUPYTERS.map((pair) => [`lab-${pair.lab}`, () => ofJupyter(pair)])),
};
const unknown = positionals.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
try {
  for (const [name, run] of Object.entries(parts))
    if (positionals.length === 0 || positionals.includes(name)) await suite.part(name, run);
} finally {
  await browser?.close();
}
suite.finish();

function ofNode(major) {
  if (isShort && process.versions.node.startsWith(`${major}.`)) {
    suite.at(`Node.js ${major}`);
    return suite.skip(`the kernel in Node.js ${major}`, 'all other suites run in it here');
  }
  return inNode(suite, major, { isShort });
}

async function ofJupyter(pair) {
  if (isShort && pair === OWN) {
    suite.at(`JupyterLab ${pair.lab} and Notebook ${pair.notebook}`);
    return suite.skip('the extension in them', 'the suite browser runs in them');
  }
  browser ??= await launchChromium();
  return inFrontEnds(suite, browser, pair);
}
