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

const { short: isShort, named } = parse(process.argv.slice(2));
const suite = new Suite();
let browser;
const parts = {
  ...Object.fromEntries(NODES.map((major) => [`node-${major}`, () => ofNode(major)])),
  ...Object.fromEntries(JUPYTERS.map((pair) => [`lab-${pair.lab}`, () => ofJupyter(pair)])),
};
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0)
  refuse(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);
try {
  for (const [name, run] of Object.entries(parts))
    if (named.length === 0 || named.includes(name)) await suite.part(name, run);
} finally {
  await browser?.close();
}
suite.finish();

function parse(args) {
  try {
    const options = { short: { type: 'boolean', default: false } };
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    return { short: values.short, named: positionals };
  } catch (error) {
    return refuse(`${error.message} Options: --short.`);
  }
}

function refuse(line) {
  console.error(line);
  process.exit(2);
}

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
