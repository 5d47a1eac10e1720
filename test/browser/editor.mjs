import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';

/** What each part of the cells of `editor.ipynb` is shown as. */
const SHOWN = [
  ['name', ['%compare', '%quantize', '%%measure', '%%writefile']],
  ['option', ['--data', '--as', '--group', '--trials']],
  ['value', ['fp32', 'int8', 'int4']],
  ['variable', ['small']],
  ['number', ['32', '5']],
];

/** What an editor shows: magics as what they are, in cells of our kernel alone. */
export async function editor(suite, browser, server, app) {
  suite.at(`the editor in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'editor.ipynb', width: 1000 });
  const { page } = frontend;
  const texts = (kind) => page.$$eval(`.cm-content .hn-magic-${kind}`, textsOf);
  try {
    await frontend.connected();
    await page.locator('.hn-magic-name').nth(3).waitFor({ timeout: 20_000 });
    for (const [kind, expected] of SHOWN)
      await suite.check(`each ${kind} of a magic looks like one`, async () => {
        const found = new Set(await texts(kind));
        assert.deepEqual(
          expected.filter((text) => !found.has(text)),
          [],
        );
        const [color, plain] = await Promise.all([
          colorOf(page, `.hn-magic-${kind}`),
          colorOf(page, '.cm-content'),
        ]);
        assert.notEqual(color, plain);
      });
    await suite.check('TypeScript around and within magics is TypeScript', async () => {
      const line = page.locator('.cm-line', { hasText: 'const twice' });
      const keyword = await line.locator('span', { hasText: 'const' }).first();
      assert.equal(await keyword.evaluate((node) => getComputedStyle(node).fontWeight), '700');
      const inner = page.locator('.cm-line', { hasText: '%compare' }).locator('span', {
        hasText: /^100$/,
      });
      assert.equal(await inner.count(), 1);
      assert.doesNotMatch(await inner.getAttribute('class'), /hn-magic/);
    });
    await suite.check('the file that a cell writes is shown in its own language', async () => {
      const line = page.locator('.cm-line', { hasText: 'def twice' });
      await line.locator('span', { hasText: /^def$/ }).waitFor({ timeout: 20_000 });
    });
    await suite.check('what is typed is coloured as it is typed', async () => {
      await page.locator('.jp-CodeCell >> nth=0 >> .cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\n%memory model --optimizer sgd');
      const option = page.locator('.hn-magic-option', { hasText: '--optimizer' });
      await option.waitFor({ timeout: 5_000 });
    });
    await suite.check('Shift+Tab in a call tells the parameter that is being written', async () => {
      await tooltip(frontend, 3, 'const area = (w: number, h = 2) => w * h;\narea(1, ');
      const shown = page.locator('.jp-Tooltip', { hasText: 'Parameter 2 of 2' });
      await shown.waitFor({ timeout: 60_000 });
      assert.deepEqual(await shown.locator('strong code').allTextContents(), ['h?: number']);
    });
    for (const theme of ['light', 'dark']) {
      await frontend.theme(theme);
      await suite.check(`Shift+Tab in a magic tells what comes next, ${theme}`, async () => {
        await tooltip(frontend, 3, '%memory model --optimizer ');
        const shown = page.locator('.jp-Tooltip', { hasText: 'Allowed: ' });
        await shown.waitFor({ timeout: 20_000 });
        const [current] = await shown.locator('strong code').allTextContents();
        assert.match(current, /^\[--optimizer <.*>\]$/);
        await frontend.screenshot(`tooltip-${app}-${theme}`);
        await page.keyboard.press('Escape');
      });
      await suite.check(`its colours can be read in the ${theme} theme`, async () => {
        for (const [kind] of SHOWN) {
          const contrast = await contrastOf(page, `.hn-magic-${kind}`);
          // JupyterLab's own numbers have 4.3 on the ground of a cell that isn't active.
          assert.ok(contrast >= 4.2, `${kind} has a contrast of ${contrast.toFixed(1)}`);
        }
      });
      await frontend.screenshot(`editor-${app}-${theme}`);
    }
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown').catch(() => undefined);
  } finally {
    await frontend.close();
  }
}

/** A file of TypeScript is none of ours, and a front end without us still knows TypeScript. */
export async function editorElsewhere(suite, browser, server) {
  suite.at('the editor elsewhere');
  await suite.check('a file of TypeScript has no magics', async () => {
    const page = await browser.newPage();
    try {
      await page.goto(`${server.url}/lab/tree/plain.ts?reset`);
      const keyword = page.locator('.jp-FileEditor .cm-line span', { hasText: /^const$/ });
      await keyword.waitFor({ timeout: 60_000 });
      assert.equal(await page.locator('[class*="hn-magic"]').count(), 0);
    } finally {
      await page.close();
    }
  });
  await suite.check('cells are TypeScript where the extension is not', async () => {
    const context = await browser.newContext();
    try {
      await context.route('**/extensions/halfnote-lab/**', (route) => route.abort());
      const page = await context.newPage();
      await page.goto(`${server.url}/lab/tree/editor.ipynb?reset`);
      const line = page.locator('.jp-Notebook .cm-line', { hasText: 'const twice' });
      await line.locator('span', { hasText: /^const$/ }).waitFor({ timeout: 60_000 });
      assert.equal(await page.locator('[class*="hn-magic"]').count(), 0);
    } finally {
      await context.close();
    }
  });
}

/** Writes into a cell, and asks at its end. */
async function tooltip(frontend, number, text) {
  await new Cells(frontend).write(number, text);
  await frontend.command('tooltip:launch-notebook');
}

const textsOf = (nodes) => nodes.map((node) => node.textContent);

function colorOf(page, selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((node) => getComputedStyle(node).color);
}

/** The contrast of an element's text with what is behind it, as WCAG has it. */
function contrastOf(page, selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((node) => {
      const context = document.createElement('canvas').getContext('2d');
      const rgba = (color) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
      };
      let behind = node;
      while (rgba(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
      const luminance = (color) => {
        const [r, g, b] = rgba(color)
          .slice(0, 3)
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const both = [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor];
      const [dark, light] = both.map(luminance).toSorted((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    });
}
