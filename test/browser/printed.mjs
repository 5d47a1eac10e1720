import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jupyterEnvironment, programOf, venv } from '../../scripts/lib/paths.mjs';
import { Frontend } from './lib/frontend.mjs';

/** A chart that was never in sight, on paper: its picture stands in, since nothing waits for a drawing. */
export async function printedOutOfSight(suite, browser, server, app) {
  suite.at(`a chart out of sight on paper in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'unseen.ipynb' });
  const { page } = frontend;
  try {
    // A kernel that is still starting when its page closes would stay so.
    await frontend.idle();
    await suite.check('prints the picture of a chart that is not drawn yet', async () => {
      const plot = page.locator('.hn-plot');
      await plot.first().waitFor({ state: 'attached' });
      await page.waitForFunction(() => document.querySelector('.hn-plot[aria-label]'));
      assert.equal(await page.locator('.hn-plot[data-drawn]').count(), 0);
      await page.emulateMedia({ media: 'print' });
      const seen = await page.evaluate(async () => {
        window.dispatchEvent(new Event('beforeprint'));
        // As far as a page comes before it is printed.
        await Promise.resolve();
        const twin = document.querySelector('.hn-stand-in');
        const pictures = [...(twin?.querySelectorAll('img') ?? [])];
        return {
          pictures: pictures.map(({ complete, naturalWidth }) => complete && naturalWidth > 0),
          isSeen: twin?.checkVisibility(),
          viewIsSeen: document.querySelector('.hn-view').checkVisibility(),
        };
      });
      assert.ok(seen.pictures.length > 0);
      assert.deepEqual(new Set(seen.pictures), new Set([true]));
      assert.equal(seen.isSeen, true);
      assert.equal(seen.viewIsSeen, false);
    });
    await suite.check('leaves nothing of it on the screen', async () => {
      await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
      await page.emulateMedia({ media: 'screen' });
      assert.equal(await page.locator('.hn-stand-in').count(), 0);
      assert.equal(await page.locator('.hn-view').first().isVisible(), true);
    });
    await suite.check('prints the chart itself once it is drawn', async () => {
      await page.locator('.hn-view').first().scrollIntoViewIfNeeded();
      await frontend.charts(1);
      await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
      assert.equal(await page.locator('.hn-stand-in').count(), 0);
      await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    });
  } finally {
    await frontend.close();
  }
}

/** A4 at 96 dots an inch, less margins of 12 mm. */
const PAPER = { width: 703, height: 1032 };

/**
 * A notebook that has run, as nbconvert writes it, on paper: what JupyterLab's own Print shows too.
 * @param {{folder: string, file: string}} options where the notebook was saved
 */
export async function printedPage(suite, browser, { folder, file }) {
  suite.at(`${file} by nbconvert, on paper`);
  const options = ['nbconvert', '--to', 'html', join(folder, file)];
  execFileSync(programOf(venv, 'jupyter'), options, { env: jupyterEnvironment(), stdio: 'pipe' });
  const page = await browser.newPage({ viewport: PAPER });
  try {
    await page.goto(pathToFileURL(join(folder, file.replace('.ipynb', '.html'))).href);
    await page.emulateMedia({ media: 'print' });
    await suite.check('cuts no cell of a table and no picture', async () => {
      const [seen, cut] = await page.$$eval('.halfnote', (outputs) => {
        const parts = outputs.flatMap((output) => {
          const { right } = output.closest('.jp-OutputArea-output').getBoundingClientRect();
          return [...output.querySelectorAll('th, td, img')].map((part) => ({ part, right }));
        });
        const over = parts.filter(
          ({ part, right }) => part.getBoundingClientRect().right > right + 1,
        );
        const said = ({ part }) =>
          `${part.closest('.halfnote').textContent.slice(0, 60)}: ${part.textContent || part.alt}`;
        return [parts.length, over.map(said)];
      });
      assert.ok(seen > 200, `only ${seen} cells and pictures`);
      assert.deepEqual(cut, []);
    });
    await suite.check('lets an output begin on a page and end on the next', async () => {
      const kept = await page.$$eval(
        '.jp-OutputArea-child:has(.halfnote)',
        (outputs) =>
          outputs.filter((output) => getComputedStyle(output).breakInside !== 'auto').length,
      );
      assert.equal(kept, 0);
    });
  } finally {
    await page.close();
  }
}
