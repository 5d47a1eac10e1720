import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

const OUTPUT = '.jp-OutputArea-output';

/** What our magics show, each of them, in a live notebook: for a screen reader, and where there is little room. */
export async function everyOutput(suite, browser, server, app) {
  suite.at(`every magic's output in ${app}`);
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'every.ipynb',
    height: 12_000,
  });
  const { page } = frontend;
  try {
    await suite.check('runs without an error', async () => {
      await frontend.runAll(120_000);
      const errors = await page.$$eval(
        `${OUTPUT}[data-mime-type="application/vnd.jupyter.error"]`,
        (outputs) => outputs.map((output) => output.textContent.slice(0, 300)),
      );
      assert.deepEqual(errors, []);
    });
    for (const theme of ['light', 'dark']) {
      await frontend.theme(theme);
      await suite.check(`is accessible in the ${theme} theme`, async () => {
        assert.deepEqual(await accessibilityProblems(page, OUTPUT), []);
      });
      await frontend.screenshot(`every-output-${app}-${theme}`);
    }
    await tables(suite, page);
    await suite.check('scrolls sideways in no output at 1000 px', async () => {
      await page.setViewportSize({ width: 1000, height: 4000 });
      await page.waitForTimeout(500);
      const wide = await page.$$eval(OUTPUT, (outputs) =>
        outputs
          .filter((output) => output.scrollWidth > output.clientWidth + 1)
          .map(
            (output) =>
              `${output.scrollWidth} in ${output.clientWidth}: ${output.textContent.slice(0, 60)}`,
          ),
      );
      assert.deepEqual(wide, []);
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('docmanager:save');
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

/** What the extension adds to the tables that every front end shows. */
async function tables(suite, page) {
  const layers = page
    .locator('.halfnote table', { has: page.locator('caption:has-text("Cost of")') })
    .first();
  const names = () =>
    layers
      .locator('tbody tr > :first-child')
      .evaluateAll((cells) => cells.map((cell) => cell.textContent));
  await suite.check('sorts each table of two rows or more by a click on a name', async () => {
    const plain = await page.$$eval('.halfnote table', (all) =>
      all
        .filter((table) => table.tBodies[0].rows.length > 1 && !('hnSortable' in table.dataset))
        .map((table) => table.textContent.slice(0, 80)),
    );
    assert.deepEqual(plain, []);
  });
  await suite.check('sorts figures by their size, and back again', async () => {
    const before = await names();
    const last = layers.locator('thead tr:last-child th').last();
    const figures = () =>
      layers
        .locator('tbody tr > :last-child')
        .evaluateAll((cells) => cells.map((cell) => cell.textContent));
    const unsorted = await figures();
    await last.locator('button').click();
    assert.equal(await last.getAttribute('aria-sort'), 'descending');
    const sorted = await figures();
    assert.deepEqual(sorted.toSorted(), unsorted.toSorted());
    await last.locator('button').click();
    assert.equal(await last.getAttribute('aria-sort'), 'ascending');
    await last.locator('button').click();
    assert.deepEqual(await names(), before);
  });
  await suite.check('copies a table for a paper from its context menu', async () => {
    await page.evaluate(() => {
      window.copied = [];
      navigator.clipboard.writeText = (text) => Promise.resolve(window.copied.push(text));
    });
    for (const format of ['CSV', 'Markdown', 'LaTeX']) {
      await layers.locator('tbody td').first().click({ button: 'right' });
      await page.click(`.lm-Menu-itemLabel:text-is("Copy Table as ${format}")`);
    }
    const [csv, markdown, latex] = await page.evaluate(() => window.copied);
    const [first] = await names();
    for (const text of [csv, markdown, latex]) assert.ok(text.includes(first), text);
    assert.equal(csv.trim().split('\r\n').length, (await names()).length + 1);
    assert.match(markdown, /\| --- \| ---: \|/);
    assert.match(latex, /\\toprule[^]*\\bottomrule/);
  });
}
