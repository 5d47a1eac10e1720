import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';

/** Outputs that a running kernel replaces; any kernel will do, so this one is IPython. */
export async function liveUpdates(suite, browser, server, app) {
  suite.at(`live updates in ${app}`);
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'update.ipynb',
    height: 1400,
  });
  const { page } = frontend;
  try {
    await suite.check('update_display_data replaces an output in place', async () => {
      await frontend.idle();
      await page.click('.jp-Notebook .jp-Cell >> nth=0');
      await frontend.command('notebook:run-cell');
      await frontend.charts(1);
      await page.evaluate(() => {
        document.querySelector('.hn-carbon .hn-plot').dataset.mark = 'same node';
      });
      await frontend.runAll();
      await page.waitForSelector('.hn-carbon .hn-title:text-is("third")');
      assert.equal(await page.locator('.hn-carbon').count(), 1);
      assert.equal((await page.locator('.hn-carbon .main-svg').count()) > 0, true);
    });
    await suite.check('keeps the chart it has while it updates', async () => {
      await page.evaluate(() => {
        document.querySelector('.hn-carbon .hn-plot').dataset.mark = 'kept';
      });
      await page.click('.jp-Notebook .jp-Cell >> nth=1');
      await frontend.command('notebook:run-cell');
      await frontend.idle();
      assert.equal(await page.getAttribute('.hn-carbon .hn-plot', 'data-mark'), 'kept');
    });
    await suite.check('a cleared output leaves nothing behind', async () => {
      await frontend.command('notebook:clear-all-cell-outputs');
      await page.waitForFunction(() => document.querySelector('.hn-plot') === null);
    });
    await suite.check('reports no error while it updates', () =>
      assert.deepEqual(frontend.problems(), []),
    );
  } finally {
    await frontend.close();
  }
}
