import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { extractText, getDocumentProxy } from 'unpdf';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

const BUTTON = '.hn-exports';
const MM_PER_INCH = 25.4;

/** Tables and figures of stored outputs, downloaded for a paper: without a kernel, in a dark theme. */
export async function papers(suite, browser, server, app) {
  suite.at(`tables and figures for a paper in ${app}`);
  await ofViews(suite, browser, server, app);
  await ofPictures(suite, browser, server, app);
}

async function ofViews(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'outputs.ipynb',
    height: 2300,
  });
  const { page } = frontend;
  const download = downloader(page);
  try {
    await frontend.charts(4);
    await frontend.theme('dark');
    await suite.check('fetches none of it before somebody asks', async () => {
      assert.ok((await page.locator(BUTTON).count()) >= 3);
      const asked = frontend.requests.filter((url) => url.includes('halfnote-lab'));
      const texts = await Promise.all(asked.map((url) => bodyOf(url)));
      assert.equal(texts.filter((text) => /booktabs|registerFont/.test(text)).length, 0);
      assert.ok(!asked.some((url) => url.endsWith('.ttf')));
    });
    await suite.check('has a button with a name that axe accepts', async () => {
      await page.getByRole('button', { name: 'Download tables and figures' }).first().waitFor();
      assert.deepEqual(await accessibilityProblems(page, BUTTON), []);
    });
    const view = page.locator('.hn-output', { has: page.locator('.hn-precision-table') }).first();
    await suite.check('opens a menu by the keyboard, and gives the focus back', async () => {
      await view.locator(BUTTON).focus();
      await page.keyboard.press('Enter');
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Table 1:' }).waitFor();
      await frontend.screenshot(`paper-menu-${app}`);
      await page.keyboard.press('Escape');
      assert.ok(await view.locator(BUTTON).evaluate((node) => node === document.activeElement));
    });
    await suite.check('downloads a table as CSV and LaTeX with units in the heads', async () => {
      const csv = (await download(view, 'Table 1', 'Download as CSV')).toString();
      assert.match(csv, /^Format.*\(ms\)/);
      const latex = (await download(view, 'Table 1', 'Download as LaTeX')).toString();
      assert.match(latex, /\\toprule[^]*\\bottomrule/);
      assert.match(latex, /\\caption\[.*parameters/);
    });
    await suite.check('downloads a chart as SVG in light colors', async () => {
      const svg = (await download(view, 'Figure 1', 'Download as SVG, one column')).toString();
      assert.match(svg, /width="85mm"/);
      // The text color of the dark theme.
      assert.doesNotMatch(svg, /rgba?\(25[0-5], 25[0-5], 25[0-5], 0?\.87\)/);
      assert.match(svg, /fill="#ffffff"|rgb\(255, 255, 255\)/);
    });
    await suite.check('downloads a chart as a PDF of a column whose words are text', async () => {
      const { text, widthPt } = await pdf(
        await download(view, 'Figure 1', 'Download as PDF, one column'),
      );
      assert.ok(Math.abs(widthPt - (85 * 72) / MM_PER_INCH) < 0.1, `${widthPt} pt`);
      assert.match(text, /int8/);
    });
    await suite.check('downloads a chart as a PNG that says 600 dpi', async () => {
      const png = await download(view, 'Figure 1', 'Download as PNG, 600 dpi, two columns');
      assert.deepEqual(pngFacts(png), { width: 4205, perMetre: 23622 });
    });
    await suite.check('downloads from the context menu', async () => {
      await view
        .locator('table')
        .first()
        .click({ button: 'right', position: { x: 20, y: 60 } });
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.lm-Menu-itemLabel', { hasText: 'Download Table as Markdown' }).click(),
      ]);
      assert.match((await readFile(await file.path())).toString(), /\| Format \|/);
    });
    await suite.check('reports no error', () => assert.deepEqual(frontend.problems(), []));
  } finally {
    await frontend.close();
  }
}

/** What every front end shows, in a notebook that nobody has trusted. */
async function ofPictures(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, { app, file: 'twins.ipynb', height: 2600 });
  const { page } = frontend;
  const download = downloader(page);
  try {
    const output = page.locator('.halfnote', { has: page.locator('img') }).first();
    await suite.check('downloads pictures of static outputs, signs and all', async () => {
      await output.locator(BUTTON).waitFor();
      const { text, widthPt } = await pdf(await download(output, 'Figure 1', 'Download as PDF'));
      assert.ok(text.length > 20, text);
      const png = pngFacts(await download(output, 'Figure 1', 'Download as PNG, 600 dpi'));
      assert.ok(Math.abs(png.width - (widthPt / 72) * 600) < 2);
      assert.equal(png.perMetre, 23622);
    });
    await suite.check('reports no error on pictures', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.screenshot(`paper-static-${app}`);
  } finally {
    await frontend.close();
  }
}

/** Chooses an entry of an output's menu and gives the file. */
function downloader(page) {
  return async (output, part, entry) => {
    await output.locator(BUTTON).click();
    await page.locator('.lm-Menu-itemLabel', { hasText: part }).first().click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.lm-Menu-itemLabel', { hasText: entry }).click(),
    ]);
    return readFile(await file.path());
  };
}

async function bodyOf(url) {
  return (await fetch(url)).text();
}

async function pdf(bytes) {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const { view } = await document.getPage(1);
  const { text } = await extractText(document, { mergePages: true });
  return { text, widthPt: view[2] };
}

/** Width in pixels, and pixels a metre. */
function pngFacts(bytes) {
  const at = bytes.indexOf('pHYs', 0, 'latin1');
  assert.ok(at > 0 && bytes[at + 12] === 1);
  return { width: bytes.readUInt32BE(16), perMetre: bytes.readUInt32BE(at + 4) };
}
