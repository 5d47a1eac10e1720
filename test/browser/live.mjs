import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';

/** Updates of a flood, as many as a training of a minute sends at 20 a second. */
const UPDATES = 1000;
const NAMED = (title) => `.hn-carbon .hn-title:text-is("${title}")`;

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
      // The end of the notebook may be in sight now, and charts are drawn where they are seen.
      await page.locator('.hn-carbon .hn-plot').scrollIntoViewIfNeeded();
      await frontend.charts(1);
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
  await steady(suite, browser, server, app);
}

/** A reader at work in an output that is updated all the time. */
async function steady(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'flood.ipynb',
    height: 2000,
  });
  const { page } = frontend;
  await frontend.idle();
  await page.click('.jp-Notebook .jp-Cell >> nth=0');
  await frontend.command('notebook:run-cell');
  await frontend.charts(1);
  /** Runs the code that updates the output `UPDATES` times, up to the title that it ends with. */
  const flood = async (last) => {
    await page.evaluate(async () => {
      const app = window.jupyterapp ?? window.jupyterlab;
      const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
      const code = panel.content.widgets[1].model.sharedModel.getSource();
      // Not as a cell, which would take the focus.
      await panel.sessionContext.session.kernel.requestExecute({ code }).done;
    });
    await page.waitForSelector(NAMED(last));
  };
  await suite.check('leaves focus, selection, scroll and what is open as they are', async () => {
    await page.evaluate(() => {
      const [view] = document.querySelectorAll('.hn-carbon');
      const [table] = [...view.querySelectorAll('.hn-scroll')].filter(
        (part) => part.querySelector('.hn-sort') !== null,
      );
      table.closest('details').open = true;
      table.dataset.mark = 'table';
      table.style.width = '300px';
      table.scrollLeft = 40;
      document.getSelection().selectAllChildren(table.querySelector('tbody tr:nth-child(2) th'));
    });
    await page.evaluate(() => {
      document.querySelector('[data-mark="table"] .hn-sort').focus({ preventScroll: true });
      const [table] = document.querySelectorAll('[data-mark="table"]');
      table.scrollLeft = 40;
      document.getSelection().selectAllChildren(table.querySelector('tbody tr:nth-child(2) th'));
    });
    const state = () =>
      page.evaluate(() => {
        const table = document.querySelector('[data-mark="table"]');
        return {
          focus: document.activeElement.textContent,
          selection: document.getSelection().toString(),
          scroll: table.scrollLeft,
          open: table.closest('details').open,
        };
      });
    const before = await state();
    assert.equal(before.focus, 'Window');
    assert.ok(before.selection.length > 3, 'nothing is selected');
    assert.ok(before.scroll > 0, 'it does not scroll');
    await flood('update 999');
    assert.deepEqual(await state(), before);
  });
  await suite.check(
    `leaves as many nodes, and as much memory, after ${UPDATES} updates`,
    async () => {
      const session = await page.context().newCDPSession(page);
      const measure = async () => {
        await session.send('HeapProfiler.collectGarbage');
        await session.send('HeapProfiler.collectGarbage');
        const { nodes } = await session.send('Memory.getDOMCounters');
        const { usedSize } = await session.send('Runtime.getHeapUsage');
        return { nodes, usedSize };
      };
      const before = await measure();
      await flood('update 999');
      const after = await measure();
      for (const what of ['nodes', 'usedSize']) {
        const growth = after[what] / before[what];
        assert.ok(growth < 1.1, `${what}: ${before[what]} before, ${after[what]} after`);
      }
    },
  );
  await frontend.close();
}
