import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../../browser/lib/chromium.mjs';
import { Frontend } from '../../browser/lib/frontend.mjs';
import { bytesOf, plotlyFile } from '../../browser/lib/probes.mjs';
import { startServer } from '../../browser/lib/server.mjs';
import { median, quantile } from '../statistics.mjs';
import { writeBenchNotebooks } from './notebooks.mjs';

/** Times that a notebook is opened. */
const OPENED = 5;

/**
 * The extension in JupyterLab in headless Chromium: what it loads, how far a live view lies behind, how long
 * the page is blocked, and how long a notebook of 50 views takes to open.
 * @returns {Promise<{suite: 'extension', loadedBytes: number, files: number, live: object, fifty: object}>}
 */
export async function measureExtension() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-bench-'));
  writeBenchNotebooks(folder);
  const browser = await launchChromium();
  const server = await startServer(folder);
  try {
    return {
      suite: 'extension',
      ...(await loaded(browser, server)),
      live: await live(browser, server),
      fifty: await fifty(browser, server),
    };
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of ours, before the first chart; plotly, which draws it, left out. */
async function loaded(browser, server) {
  const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'chart.ipynb' });
  await frontend.charts(1);
  const plotly = plotlyFile();
  const sizes = await bytesOf(
    frontend.requests.filter((url) => url.includes('halfnote-lab') && !url.includes(plotly)),
  );
  await frontend.close();
  return { loadedBytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), files: sizes.length };
}

/** Watches titles, and how long the page is blocked, from now on. */
function watch(page) {
  return page.evaluate(() => {
    const watched = { behindMs: [], blockedMs: [] };
    window.watched = watched;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.blockedMs.push(duration);
    }).observe({ type: 'longtask' });
    let seen = '';
    const look = () => {
      const title = document.querySelector('.hn-view')?.getAttribute('aria-label') ?? '';
      if (title !== seen && title.startsWith('sent ')) {
        seen = title;
        watched.behindMs.push(Date.now() - Number(title.slice(5)));
      }
      requestAnimationFrame(look);
    };
    look();
  });
}

async function live(browser, server) {
  const options = { app: 'lab', file: 'sender.ipynb', height: 1400 };
  const frontend = await Frontend.open(browser, server, options);
  const { page } = frontend;
  await frontend.idle();
  await page.click('.jp-Notebook .jp-Cell >> nth=0');
  await watch(page);
  await frontend.command('notebook:run-cell');
  await frontend.idle();
  const { behindMs, blockedMs } = await page.evaluate(() => window.watched);
  await frontend.close();
  // The first of them loads the view and plotly.
  const steady = behindMs.slice(1);
  return {
    shown: behindMs.length,
    medianMs: median(steady),
    p95Ms: quantile(steady, 0.95),
    maxMs: Math.max(...steady),
    blockedMs: Math.max(0, ...blockedMs),
  };
}

/** From the address to the last view on the page, plotly's drawing of those in sight included. */
async function fifty(browser, server) {
  const seconds = [];
  const blocked = [];
  for (let i = 0; i < OPENED; i++) {
    const start = performance.now();
    const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'fifty.ipynb' });
    await watch(frontend.page);
    await frontend.charts(1);
    seconds.push((performance.now() - start) / 1000);
    for (let at = 0; at < 50; at += 5)
      await frontend.page.evaluate(
        (cell) =>
          document
            .querySelectorAll('.jp-Notebook .jp-Cell')
            [cell]?.scrollIntoView({ block: 'start' }),
        at,
      );
    await frontend.idle();
    const { blockedMs } = await frontend.page.evaluate(() => window.watched);
    blocked.push(Math.max(0, ...blockedMs));
    await frontend.close();
  }
  return { medianS: median(seconds), maxS: Math.max(...seconds), blockedMs: median(blocked) };
}
