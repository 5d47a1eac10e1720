import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems, tableRows } from './lib/probes.mjs';

/** What a reader can turn in stored outputs, without a kernel: bits, lengths, budgets, regions. */
export async function handles(suite, browser, server, app) {
  suite.at(`handles in ${app}`);
  const frontend = await Frontend.open(browser, server, {
    ...{ app, file: 'handles.ipynb', height: 3200, width: 1000 },
  });
  const { page } = frontend;
  try {
    await frontend.charts(2);
    await inspector(suite, page);
    await cache(suite, page);
    await budget(suite, page);
    await elsewhere(suite, frontend);
    for (const theme of ['light', 'dark']) {
      await frontend.theme(theme);
      await suite.check(`is accessible in the ${theme} theme`, async () => {
        assert.deepEqual(await accessibilityProblems(page, '.hn-output'), []);
      });
      await frontend.screenshot(`handles-${app}-${theme}`);
      for (const view of ['inspector', 'kv-cache', 'sensitivity', 'carbon'])
        await frontend.screenshot(`handles-${view}-${app}-${theme}`, `.hn-${view}`);
    }
    await suite.check('reports no error', () => assert.deepEqual(frontend.problems(), []));
  } finally {
    await frontend.close();
  }
}

/** The place of the active cell: keys in a view must not move it. */
function activeCell(page) {
  return page.$$eval('.jp-Notebook .jp-Cell', (cells) =>
    cells.findIndex((cell) => cell.classList.contains('jp-mod-active')),
  );
}

async function inspector(suite, page) {
  const rowOf = async (label) =>
    (await tableRows(page, 'inspector')).find(([name]) => name === label);
  const bit = (row, place) =>
    page.locator(`.hn-inspector .hn-bit[data-row="${row}"][data-place="${place}"]`);
  const said = page.locator('.hn-inspector .hn-turned');
  const focused = () =>
    page.evaluate(() => {
      const { row, place } = document.activeElement.dataset;
      return [Number(row), Number(place)];
    });
  await suite.check('shows each bit of a number in each format', async () => {
    assert.deepEqual((await rowOf('FP16')).slice(1, 5), [
      '0010111001100110',
      '0x2e66',
      '0.0999755859375',
      '2.44e-5',
    ]);
    assert.equal(await page.locator('.hn-inspector .hn-bit').count(), 32 + 16 + 8 + 4 + 8 + 1);
  });
  await suite.check('turns a bit at a click: value, error and spacing follow', async () => {
    await bit(1, 1).click();
    const [, bits, code, value, error] = await rowOf('FP16');
    assert.deepEqual([bits, code], ['0110111001100110', '0x6e66']);
    assert.equal(value, '6552');
    assert.equal(error, '6551.9');
    assert.match(
      await said.textContent(),
      /^FP16, exponent bit 4: 1, value 6552 \(0x6e66\), next to/,
    );
    assert.equal((await rowOf('FP32'))[2], '0x3dcccccd');
  });
  await suite.check(
    'moves between bits by arrow keys and turns them by the space bar',
    async () => {
      const before = await activeCell(page);
      await bit(1, 1).focus();
      await page.keyboard.press('ArrowRight');
      assert.deepEqual(await focused(), [1, 2]);
      await page.keyboard.press('ArrowDown');
      assert.deepEqual(await focused(), [2, 2]);
      await page.keyboard.press('End');
      assert.deepEqual(await focused(), [2, 7]);
      await page.keyboard.press('Space');
      assert.deepEqual(await focused(), [2, 7]);
      assert.match(await said.textContent(), /^FP8 E4M3, significand bit 0: 0, value 0\.09375/);
      assert.equal(await activeCell(page), before);
    },
  );
  await suite.check('keeps the bit where a sorted row goes', async () => {
    await page.click('.hn-inspector .hn-sort:text-is("Error")');
    await bit(2, 1).focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await focused(), [2, 1]);
    await page.click('.hn-inspector .hn-sort:text-is("Error")');
    await page.click('.hn-inspector .hn-sort:text-is("Error")');
  });
  await suite.check('goes back to the number', async () => {
    await page.click('.hn-inspector .hn-button');
    assert.equal((await rowOf('FP16'))[2], '0x2e66');
    assert.equal((await rowOf('FP8 E4M3'))[2], '0x1d');
    // As a reader sees it in the pictures.
    await bit(1, 5).click();
  });
}

/** The notebook takes the focus when another cell becomes the active one. */
async function activate(page, view) {
  await page.click(`.hn-${view} .hn-heading`);
}

async function cache(suite, page) {
  await activate(page, 'kv-cache');
  const totals = async () =>
    (await tableRows(page, 'kv-cache')).map(([name, total]) => [name, total]);
  const slider = (name) => page.getByRole('slider', { name });
  await suite.check('begins with the verdict of the static twin', async () => {
    assert.match(
      await page.locator('.hn-kv-cache > :first-child').textContent(),
      /^int4 takes 17 % of fp32\./,
    );
  });
  await suite.check('doubles the caches with the context, by one key', async () => {
    const before = await activeCell(page);
    assert.equal((await totals())[0][1], '1.07 GB');
    await slider('Context').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal((await totals())[0][1], '2.15 GB');
    assert.equal(await slider('Context').getAttribute('aria-valuetext'), '16,384 tokens');
    await slider('Batch').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal((await totals())[0][1], '4.29 GB');
    assert.equal(await activeCell(page), before);
  });
  await suite.check('tells what fits into a device', async () => {
    await page.getByRole('spinbutton', { name: 'Device memory' }).fill('19');
    await page.getByRole('spinbutton', { name: 'Weights and all else' }).fill('16');
    assert.equal(
      await page.locator('.hn-kv-cache .hn-turned').textContent(),
      'Of 3 formats 2 fit: int8, int4, per-channel keys.',
    );
    const [fp16, int8] = await tableRows(page, 'kv-cache');
    assert.ok(fp16.includes('✗ 1.29 GB short'), fp16.join(' | '));
    assert.ok(
      int8.some((text) => text.endsWith('left')),
      int8.join(' | '),
    );
  });
  await suite.check('takes no number that no device has', async () => {
    const memory = page.getByRole('spinbutton', { name: 'Device memory' });
    await memory.fill('-4');
    assert.equal(await memory.getAttribute('aria-invalid'), 'true');
    assert.match(await page.locator('.hn-kv-cache .hn-turned').textContent(), /2 fit/);
    await memory.fill('19');
  });
}

async function budget(suite, page) {
  await activate(page, 'sensitivity');
  const formats = async () =>
    (await tableRows(page, 'sensitivity')).map(([layer, format]) => [layer, format]);
  const slider = page.getByRole('slider', { name: 'Limit' });
  const proposed = page.locator('.hn-sensitivity .halfnote-next code');
  await suite.check(
    'leaves each layer the format that a budget of bytes lets it have',
    async () => {
      await slider.focus();
      await page.keyboard.press('End');
      assert.deepEqual(new Set((await formats()).map(([, format]) => format)), new Set(['int8']));
      await page.keyboard.press('Home');
      assert.deepEqual(new Set((await formats()).map(([, format]) => format)), new Set(['int4']));
      for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
      const found = new Map(await formats());
      assert.equal(found.get('logits'), 'int8');
      assert.equal(found.get('conv2d_5'), 'int4');
      assert.match(
        await proposed.textContent(),
        /^%quantize int4 model --weight-only --layers ".*logits=int8.*" --as mixed$/,
      );
    },
  );
  await suite.check('goes by what the score may lose as well', async () => {
    await page.getByLabel('Budget').selectOption('drop');
    await slider.focus();
    await page.keyboard.press('Home');
    const most = await page.locator('.hn-sensitivity .hn-totals dd').first().textContent();
    await page.keyboard.press('End');
    const least = await page.locator('.hn-sensitivity .hn-totals dd').first().textContent();
    assert.notEqual(most, least);
    await page.getByLabel('Budget').selectOption('bytes');
  });
  await suite.check('lets layers stay in float', async () => {
    await page.getByLabel('layers may stay in fp32').check();
    await slider.focus();
    await page.keyboard.press('End');
    assert.deepEqual(new Set((await formats()).map(([, format]) => format)), new Set(['fp32']));
    assert.equal(await proposed.isVisible(), false);
    await page.getByLabel('layers may stay in fp32').uncheck();
  });
  await suite.check('writes the cell that quantizes so below, and runs nothing', async () => {
    const cells = await page.locator('.jp-Notebook .jp-CodeCell').count();
    const source = await proposed.textContent();
    await page.click('.hn-sensitivity .halfnote-next .hn-next');
    await page.waitForFunction(
      (count) => document.querySelectorAll('.jp-Notebook .jp-CodeCell').length > count,
      cells,
    );
    const written = page.locator('.jp-Notebook .jp-CodeCell.jp-mod-active');
    assert.equal((await written.locator('.cm-content').textContent()).trim(), source);
    assert.doesNotMatch(await written.locator('.jp-InputPrompt').textContent(), /\d|\*/);
  });
}

async function elsewhere(suite, frontend) {
  const { page } = frontend;
  const figures = () =>
    page.$$eval('.hn-what-if .hn-totals dd', (cells) => cells.map((cell) => cell.textContent));
  const table = () => frontend.requests.filter((url) => url.includes('halfnote-lab')).length;
  await suite.check('fetches the table of regions when somebody asks what if', async () => {
    const before = table();
    await page.click('.hn-what-if summary');
    await page.locator('.hn-what-if option[value=POL]').waitFor({ state: 'attached' });
    assert.ok(table() > before);
  });
  await suite.check('tells grams elsewhere, of the same joules', async () => {
    const [reported, same, joules] = await figures();
    assert.equal(reported, '13 mg (9–18)');
    assert.equal(same, reported);
    await page.getByLabel('Region').selectOption('POL');
    const [still, poland, joulesThen] = await figures();
    assert.deepEqual([still, joulesThen], [reported, joules]);
    assert.notEqual(poland, reported);
    assert.match(await page.locator('.hn-what-if .hn-totals').textContent(), /times as much/);
    assert.equal(await page.locator('.hn-carbon > .hn-totals dd').nth(1).textContent(), reported);
  });
  await suite.check('takes the PUE and an intensity that is typed', async () => {
    const pue = page.getByRole('slider', { name: 'PUE' });
    await pue.focus();
    await page.keyboard.press('End');
    await page.getByRole('spinbutton', { name: 'Intensity' }).fill('1000');
    const [, found] = await figures();
    // 851.55 J at 1000 g/kWh and a PUE of 3.
    assert.match(found, /^0\.71 g /);
    assert.match(await page.locator('.hn-what-if').textContent(), /Nothing of it was measured/);
    await pue.focus();
    await page.keyboard.press('Home');
    await page.getByLabel('Region').selectOption('POL');
  });
}
