import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

/** Charts of each notebook. */
const CHARTS = { 'outputs.ipynb': 4, 'trials.ipynb': 2, 'handles.ipynb': 2, 'models.ipynb': 0 };
/** A4 at 96 dots an inch. */
const PAPER = { width: 794, height: 1123 };

/** Views where there is little room, on paper, and in colors that the reader's system chooses. */
export async function shapes(suite, browser, server) {
  for (const [file, charts] of Object.entries(CHARTS)) {
    const options = { app: 'notebook', file, height: 2600 };
    const frontend = await Frontend.open(browser, server, options);
    try {
      await frontend.page.waitForSelector('.hn-view >> nth=1');
      await frontend.charts(charts);
      suite.at(`${file} in narrow places`);
      for (const widthPx of [1000, 640, 320]) await narrow(suite, frontend, file, widthPx);
      suite.at(`${file} on paper`);
      await printed(suite, frontend, file);
      suite.at(`${file} in forced colors`);
      await forced(suite, frontend, file);
      await suite.check('reports no error of the page', () =>
        assert.deepEqual(frontend.problems(), []),
      );
    } finally {
      await frontend.close();
    }
  }
}

async function narrow(suite, frontend, file, widthPx) {
  const { page } = frontend;
  await suite.check(`at ${widthPx} px nothing but a table's own box scrolls`, async () => {
    await page.evaluate((width) => {
      for (const output of document.querySelectorAll('.jp-OutputArea-output'))
        Object.assign(output.style, { minWidth: `${width}px`, maxWidth: `${width}px` });
    }, widthPx);
    await page.waitForFunction(
      (width) =>
        [...document.querySelectorAll('.hn-plot[data-drawn] .svg-container')].every(
          (plot) => plot.clientWidth <= width,
        ),
      widthPx,
    );
    const wide = await page.$$eval('.hn-output, .hn-view > *', (parts) =>
      parts
        .filter((part) => !part.matches('.hn-scroll') && part.scrollWidth > part.clientWidth + 1)
        .map((part) => `${part.className}: ${part.scrollWidth} in ${part.clientWidth}`),
    );
    assert.deepEqual(wide, []);
  });
  await suite.check(`at ${widthPx} px a table that scrolls keeps its first column`, async () => {
    const tables = await page.$$eval('.hn-scroll', (boxes) =>
      boxes
        // Pictures scroll without columns.
        .filter((box) => box.querySelector('tbody th') !== null)
        .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth)
        .map((box) => {
          box.scrollLeft = box.scrollWidth;
          const head = box.querySelector('tbody th');
          const seen = [box, head].map((part) => part.getBoundingClientRect());
          const share = head.offsetWidth / box.clientWidth;
          box.scrollLeft = 0;
          return [seen[1].left - seen[0].left, share];
        }),
    );
    for (const [offsetPx, share] of tables) {
      assert.ok(Math.abs(offsetPx) < 2, `it is ${offsetPx} px away`);
      assert.ok(share < 0.6, `it takes ${share} of the width`);
    }
    if (widthPx === 320) assert.ok(tables.length > 0, 'no table scrolls');
  });
  await frontend.screenshot(`narrow-${file}-${widthPx}`);
}

async function printed(suite, frontend, file) {
  const { page } = frontend;
  await page.evaluate(() => {
    for (const output of document.querySelectorAll('.jp-OutputArea-output'))
      Object.assign(output.style, { minWidth: '', maxWidth: '' });
    for (const part of document.querySelectorAll('.hn-details')) part.open = true;
  });
  await page.waitForTimeout(300);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(PAPER);
  await suite.check('no column of a table and no chart is cut', async () => {
    const cut = await page.$$eval('.hn-output', (outputs) =>
      outputs.flatMap((output) => {
        const { right } = output.getBoundingClientRect();
        return [...output.querySelectorAll('th, td, .hn-plot .main-svg, .hn-badge')]
          .filter((part) => part.getBoundingClientRect().right > right + 1)
          .map((part) => `${part.tagName} ${part.textContent.slice(0, 40)}`);
      }),
    );
    assert.deepEqual(cut, []);
  });
  await suite.check('words stay whole', async () => {
    const broken = await page.$$eval('.hn-table :is(thead th, .hn-number)', (cells) =>
      cells
        .filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
        .map((cell) => cell.textContent),
    );
    assert.deepEqual(broken, []);
  });
  await suite.check('no view needs more than a page', async () => {
    const heights = await page.$$eval('.hn-output', (outputs) =>
      outputs.map((output) => output.scrollHeight),
    );
    for (const heightPx of heights) assert.ok(heightPx < 1.25 * PAPER.height, `${heightPx} px`);
  });
  await frontend.screenshot(`printed-${file}`);
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize({ width: 1280, height: 2600 });
}

async function forced(suite, frontend, file) {
  const { page } = frontend;
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await suite.check('says by more than color what is measured, and moves nothing', async () => {
    const badges = await page.$$eval('.hn-badge', (found) => found.map((one) => one.textContent));
    // A graph has none.
    assert.ok(badges.length > 0 || file === 'models.ipynb');
    assert.ok(badges.every((text) => text !== ''));
    const moving = await page.evaluate(
      () =>
        document.getAnimations().filter(({ effect }) => effect.target?.closest('.hn-output'))
          .length,
    );
    assert.equal(moving, 0);
  });
  await suite.check('keeps the bars and swatches that a color tells apart', async () => {
    const same = await page.$$eval('.hn-account-bar', (bars) =>
      bars.filter((bar) => {
        const fills = [...bar.children].map((part) => getComputedStyle(part).backgroundColor);
        return new Set(fills).size < fills.length;
      }),
    );
    assert.equal(same.length, 0);
  });
  await suite.check('is accessible', async () => {
    assert.deepEqual(await accessibilityProblems(page, '.hn-output'), []);
  });
  await frontend.screenshot(`forced-colors-${file}`);
  await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference' });
}
