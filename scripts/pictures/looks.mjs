import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Frontend } from '../../test/browser/lib/frontend.mjs';
import { startServer } from '../../test/browser/lib/server.mjs';
import { jupyterEnvironment, programOf, venv } from '../lib/paths.mjs';
import { VIEWS_FILE, drawAll, runViews, viewsOf } from './gallery.mjs';

/** Where people meet a notebook. `zoom` is the browser's. */
const PLACES = [
  { name: 'lab-light-1000', app: 'lab', theme: 'light', width: 1000 },
  { name: 'lab-dark-1000', app: 'lab', theme: 'dark', width: 1000 },
  { name: 'lab-light-1600', app: 'lab', theme: 'light', width: 1600 },
  { name: 'notebook-light-1000', app: 'notebook', theme: 'light', width: 1000 },
  { name: 'notebook-light-1600', app: 'notebook', theme: 'light', width: 1600 },
  { name: 'lab-light-zoomed', app: 'lab', theme: 'light', width: 1280, zoom: 2 },
];
const PAPER = { format: 'A4', printBackground: true, margin: { top: '12mm', bottom: '12mm' } };

/** Every view in each of the places, trusted and not, as a web page and on paper. */
export async function looks(browser, server, { folder, target }) {
  const gallery = await runViews(browser, server);
  await gallery.command('kernelmenu:shutdown');
  await gallery.close();
  for (const place of PLACES) await pictures(browser, server, place, target);
  await paper(browser, server, target);
  await untrusted(browser, folder, target);
  await webPage(browser, folder, target);
}

async function pictures(browser, server, { name, app, theme, width, zoom = 1 }, target) {
  const frontend = await Frontend.open(browser, server, {
    app,
    file: VIEWS_FILE,
    width: width / zoom,
    // As high as any view: what Lab would scroll is not in a picture.
    height: 3000,
    scale: zoom,
  });
  if (app === 'lab') {
    await frontend.command('application:toggle-left-area');
    await frontend.theme(theme);
  }
  for (const [view, output] of viewsOf(frontend.page)) {
    await output.scrollIntoViewIfNeeded();
    await frontend.page.waitForTimeout(600);
    await output.screenshot({ path: join(target, `${view}.${name}.png`) });
  }
  console.log(name);
  if (app === 'lab') await frontend.theme('light');
  await frontend.close();
}

async function paper(browser, server, target) {
  const frontend = await Frontend.open(browser, server, { app: 'notebook', file: VIEWS_FILE });
  await drawAll(frontend.page);
  await frontend.page.pdf({ ...PAPER, path: join(target, 'paper.pdf') });
  console.log('paper');
  await frontend.close();
}

/** A server that has never seen the notebook doesn't trust it. */
async function untrusted(browser, folder, target) {
  const fresh = mkdtempSync(join(tmpdir(), 'halfnote-untrusted-'));
  copyFileSync(join(folder, VIEWS_FILE), join(fresh, VIEWS_FILE));
  const server = await startServer(fresh);
  try {
    const place = { name: 'untrusted', app: 'lab', theme: 'light', width: 1000 };
    await pictures(browser, server, place, target);
  } finally {
    await server.stop();
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** nbconvert's HTML, and its pages. */
async function webPage(browser, folder, target) {
  const options = ['nbconvert', '--to', 'html', '--output-dir', target, join(folder, VIEWS_FILE)];
  execFileSync(programOf(venv, 'jupyter'), options, { env: jupyterEnvironment(), stdio: 'pipe' });
  const page = await browser.newPage({ viewport: { width: 1000, height: 1200 } });
  await page.goto(pathToFileURL(join(target, 'views.html')).href);
  await page.screenshot({ path: join(target, 'nbconvert.png'), fullPage: true });
  await page.pdf({ ...PAPER, path: join(target, 'nbconvert.pdf') });
  console.log('nbconvert');
  await page.close();
}
