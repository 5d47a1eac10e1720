#!/usr/bin/env node
/**
 * `npm run docs [-- --base /halfnote/]`: writes the pages that are made from the sources, and then the site of all
 * pages, the API and the notebooks, into build/site. `--base` is where on its host the site will lie.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMain, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { Missing } from './lib/requirements.mjs';
import { main, setup } from './setup.mjs';
import { writeApi } from './site/api.mjs';
import { outFolder, siteFolder } from './site/folders.mjs';
import { writeNotebooks } from './site/notebooks.mjs';
import { installSitePackages } from './site/packages.mjs';
import { stagePages } from './site/stage.mjs';

/**
 * Builds the site of a checkout that is set up; what it needs beside that is installed first.
 * @param {{base?: string, log?: (line: string) => void}} [options]
 */
export async function buildSite({ base = '/', log = console.log } = {}) {
  const timed = async (name, work) => {
    const start = performance.now();
    await work();
    log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  };
  await installSitePackages();
  stagePages();
  await Promise.all([timed('notebooks', writeNotebooks), timed('API', writeApi)]);
  await timed('site', () => {
    const vitepress = join(siteFolder, 'node_modules/vitepress/bin/vitepress.js');
    const env = { ...process.env, HALFNOTE_DOCS_BASE: base };
    return run(process.execPath, [vitepress, 'build', siteFolder], { env });
  });
  return outFolder;
}

function parse(args) {
  const { base } = parseArgs({ args, options: { base: { type: 'string', default: '/' } } }).values;
  if (!/^\/(?:[\w.-]+\/)*$/.test(base))
    throw new Missing(`--base ${base}: a path with a slash at both ends is needed, as /halfnote/.`);
  return { base };
}

if (isMain(import.meta.url))
  await main(async () => {
    const options = parse(process.argv.slice(2));
    await setup({ quiet: true });
    await run(process.execPath, [join(root, 'scripts/docs.mjs')]);
    console.log(`The site: ${await buildSite(options)}`);
  });
