import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';

/** Gradient ranges while a model trains with our kernel: one chart, which follows. */
export async function rangesWhileTraining(suite, browser, server, app) {
  suite.at(`ranges while training in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'ranges.ipynb' });
  const { page } = frontend;
  const isTraining = () =>
    page.$eval('.jp-CodeCell >> nth=1 >> .jp-InputPrompt', ({ textContent }) =>
      textContent.includes('*'),
    );
  const shown = () => page.$eval('.hn-gradient-ranges', ({ textContent }) => textContent);
  try {
    await frontend.idle();
    await page.click('.jp-Notebook .jp-Cell >> nth=0');
    const ran = frontend.command('notebook:run-all-cells');
    await suite.check('shows a chart before the training ends', async () => {
      await frontend.charts(1, 120_000);
      assert.equal(await isTraining(), true);
    });
    await suite.check('counts on in the same chart', async () => {
      await page.evaluate(() => {
        document.querySelector('.hn-gradient-ranges .hn-plot').dataset.mark = 'kept';
      });
      const before = await shown();
      await page.waitForFunction(
        (text) => document.querySelector('.hn-gradient-ranges').textContent !== text,
        before,
        { timeout: 60_000 },
      );
      assert.equal(await isTraining(), true);
      assert.equal(await page.getAttribute('.hn-gradient-ranges .hn-plot', 'data-mark'), 'kept');
      assert.equal(await page.locator('.hn-gradient-ranges').count(), 1);
      await frontend.screenshot(`ranges-while-training-${app}`);
    });
    await suite.check('ends when the training is interrupted', async () => {
      await frontend.command('notebook:interrupt-kernel');
      await ran;
      await frontend.idle();
      assert.equal(await isTraining(), false);
      assert.equal(await page.locator('.hn-gradient-ranges').count(), 1);
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}
