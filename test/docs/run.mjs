#!/usr/bin/env node
/**
 * The pages and their site: each example compiles and runs, each command and magic is there, the site is built, no link
 * of it is broken, and it works in a browser. `node test/docs/run.mjs --built` takes the site that is there.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildSite } from '../../scripts/site.mjs';
import { apiNames } from '../../scripts/site/api.mjs';
import { outFolder } from '../../scripts/site/folders.mjs';
import { installSitePackages } from '../../scripts/site/packages.mjs';
import { runCases } from '../lib/cases.mjs';
import { browserCases } from './browser.mjs';
import { checkCommands, complaintOf } from './commands.mjs';
import { compileExamples, ONLY_COMPILED, runExamples, writeExamples } from './examples.mjs';
import { brokenLinks, sitePages } from './lib/html.mjs';
import { checkMagics } from './magics.mjs';

const examples = writeExamples();
let pages = [];

await runCases({
  'each TypeScript example of the pages compiles': () => {
    assert.ok(examples.length > 15);
    assert.deepEqual(compileExamples(examples), []);
  },
  'each runs, but those that need what is not here': async () => {
    const toRun = examples.filter(({ reason }) => reason === undefined);
    const onlyCompiled = examples.filter(({ reason }) => reason !== undefined);
    for (const { at, reason } of onlyCompiled) console.log(`  ${at} is only compiled: ${reason}`);
    for (const [part, reason] of Object.entries(ONLY_COMPILED))
      assert.ok(
        onlyCompiled.some((one) => one.code.includes(part)),
        `no page has ${part} (${reason})`,
      );
    assert.deepEqual(await runExamples(toRun), []);
    console.log(`  ${toRun.length} examples run, ${onlyCompiled.length} only compiled`);
  },
  'each command of the pages is there, with its options': async () => {
    const { parsed, found, others, wrong, unused } = await checkCommands();
    assert.deepEqual(wrong, []);
    assert.deepEqual([...unused], [], 'no page shows these any more');
    console.log(
      `  ${parsed} of halfnote parsed, ${found} of the checkout found, ${others} of others`,
    );
  },
  'a command that is not there is told': async () => {
    const lines = {
      'npx halfnote run a.ipynb --nowhere': 'unknown option',
      'npx halfnote run': undefined,
      'halfnote quantize a.onnx --to int8 --too 1': 'unknown option',
      'halfnote diff a.report.json': 'missing required argument',
      'halfnote doctor --fixes <what>': 'no option --fixes',
      'npm run nothing': 'no script nothing',
      'npm test -- nothing': 'nothing',
      'node test/nothing.mjs': 'there is no',
      'kubectl apply': 'nobody knows',
    };
    for (const [line, part] of Object.entries(lines)) {
      const complaint = await complaintOf(line);
      if (part === undefined) assert.equal(complaint, undefined, line);
      else assert.ok(complaint?.includes(part), `${line}: ${complaint}`);
    }
  },
  'each magic of the pages expands': () => {
    const { expanded, named, wrong, unused } = checkMagics();
    assert.deepEqual(wrong, []);
    assert.deepEqual([...unused], [], 'no page shows these any more');
    console.log(`  ${expanded} magics expanded, ${named} only named`);
  },
  'the site is built': async () => {
    if (process.argv.includes('--built')) await installSitePackages();
    else await buildSite({ log: (line) => console.log(`  ${line}`) });
    pages = sitePages(outFolder);
    assert.ok(pages.length > 50);
  },
  'no link of it is broken': () => {
    const { internal, external, wrong } = brokenLinks(pages, (path) =>
      existsSync(join(outFolder, path)),
    );
    assert.deepEqual(wrong, []);
    assert.ok(internal > 1000);
    console.log(`  ${pages.length} pages, ${internal} links within, ${external} to elsewhere`);
  },
  'each page is in the navigation': () => {
    const magics = pages.find(({ path }) => path === 'docs/magics.html');
    const reached = new Set(
      magics.menu.map((link) => link.slice(1).replace(/(^|\/)$/, '$1index.html')),
    );
    // Notebooks are reached by the page that lists them.
    const list = pages.find(({ path }) => path === 'notebooks/index.html');
    for (const link of list.links)
      reached.add(new URL(link, 'site:///notebooks/').pathname.slice(1));
    const missing = pages.map(({ path }) => path).filter((path) => !reached.has(path));
    assert.deepEqual(missing, ['404.html']);
  },
  'all that the library exports is in the API': () => {
    const ids = new Set(
      pages.filter(({ path }) => path.startsWith('api/')).flatMap((page) => [...page.ids]),
    );
    const names = apiNames();
    assert.ok(names.length > 300);
    const missing = names
      .map((name) => name.toLowerCase())
      .filter((name) => !ids.has(name) && !ids.has(`abstract-${name}`));
    assert.deepEqual(missing, []);
  },
  ...browserCases(outFolder),
});
