import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems, bytesOf, plotlyFile, tableRows } from './lib/probes.mjs';

const VIEWS = ['precision-table', 'gradient-ranges', 'carbon'];

/** Outputs as they lie in a notebook that nobody has run or trusted yet. */
export async function storedOutputs(suite, browser, server, app) {
  suite.at(`stored outputs in ${app}`);
  await lazyLoading(suite, browser, server, app);
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'outputs.ipynb',
    height: 2300,
  });
  const { page } = frontend;
  try {
    await suite.check('draws every chart', () => frontend.charts(VIEWS.length));
    await suite.check('wins over the HTML fallback', async () => {
      assert.equal(await page.locator('.fallback').count(), 0);
    });
    await content(suite, page);
    await interaction(suite, page);
    await walking(suite, page);
    for (const theme of ['light', 'dark']) await themed(suite, frontend, theme);
    await suite.check('reports no error', () => assert.deepEqual(frontend.problems(), []));
  } finally {
    await frontend.close();
  }
  await trials(suite, browser, server, app);
  await untrusted(suite, browser, server, app);
  await twins(suite, browser, server, app);
}

/** What is there without the extension, in a notebook that nobody has trusted. */
async function twins(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, { app, file: 'twins.ipynb', height: 2600 });
  const { page } = frontend;
  try {
    await suite.check('shows pictures and tables without the extension, untrusted', async () => {
      await page.waitForSelector('.halfnote >> nth=2');
      assert.equal(await page.locator('.halfnote style, .halfnote svg').count(), 0);
      const pictures = await page.$$eval('.halfnote img', (images) =>
        Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))),
      );
      // Worth against each cost, speed and weights as bars, the two of gradients, the accounts.
      assert.equal(pictures.length, 8);
      assert.ok(pictures.every((width) => width > 400));
      assert.equal(await page.locator('.halfnote table caption').count(), 9);
    });
    await suite.check('is accessible without the extension', async () => {
      assert.deepEqual(await accessibilityProblems(page, '.halfnote'), []);
    });
    await frontend.screenshot(`twins-${app}`);
  } finally {
    await frontend.close();
  }
}

/** Tables that were measured by trials: one that must not be believed, and one that may. */
async function trials(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'trials.ipynb',
    height: 2000,
  });
  const { page } = frontend;
  try {
    await suite.check('begins with the verdict of trials, and says it once', async () => {
      await frontend.charts(2);
      const verdicts = await page.$$eval('.hn-heading + .hn-verdict', (lines) =>
        lines.map((line) => line.textContent.trim()),
      );
      assert.deepEqual(verdicts, [
        'INVALID because other processes took 38 % of the CPU (10 % is allowed)',
        'VALID',
      ]);
      const noted = await page.$$eval('.hn-notes li', (lines) =>
        lines.map((line) => line.textContent),
      );
      assert.equal(noted.filter((line) => /VALID/.test(line)).length, 0);
      assert.equal(noted.length, 2);
    });
    await suite.check('shows intervals of time and energy, and what differs', async () => {
      const rows = await page.$$eval('.hn-verdict + .hn-scroll table', ([table]) =>
        [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)),
      );
      assert.deepEqual(rows, [
        [
          'fp32',
          '2.31 ms (2.26–2.36)',
          '72 mJ (41–102)',
          '0.21 J (0.12–0.30)',
          '10',
          '–',
          '–',
          '–',
        ],
        [
          'int8',
          '1.090 ms (1.068–1.112)',
          '34 mJ (19–48)',
          '0.10 J (0.05–0.14)',
          '10',
          'fp32',
          'lower: 0.472 times (0.460–0.485), g = -4.2, p < 0.0001',
          'no difference shown: 0.97 times (0.93–1.02), g = -0.4, p = 0.21',
        ],
      ]);
    });
    for (const theme of ['light', 'dark']) {
      await frontend.theme(theme);
      await suite.check(
        `tells a verdict by color in the ${theme} theme, and is accessible`,
        async () => {
          const colors = await page.$$eval('.hn-verdict strong', (words) =>
            words.map((word) => getComputedStyle(word).color),
          );
          assert.equal(new Set(colors).size, 2);
          assert.deepEqual(await accessibilityProblems(page, '.hn-output'), []);
        },
      );
      await frontend.screenshot(`trials-${app}-${theme}`);
    }
    await suite.check('reports no error on trials', () =>
      assert.deepEqual(frontend.problems(), []),
    );
  } finally {
    await frontend.close();
  }
}

async function lazyLoading(suite, browser, server, app) {
  const plotly = plotlyFile();
  const frontend = await Frontend.open(browser, server, { app, file: 'text.ipynb' });
  const asked = () => frontend.requests.some((url) => url.includes(plotly));
  await suite.check('fetches no plotly before the first chart', async () => {
    await frontend.page.waitForSelector('.jp-OutputArea-output');
    await frontend.idle();
    assert.ok(
      frontend.requests.some((url) => url.includes('halfnote-lab')),
      'not even the extension',
    );
    assert.equal(asked(), false);
  });
  await frontend.close();
  // Notebook 7 gives a high output a scroller of its own, and shows what comes after it at once.
  if (app === 'lab') await farChart(suite, browser, server, app, plotly);
}

async function farChart(suite, browser, server, app, plotly) {
  const far = await Frontend.open(browser, server, { app, file: 'far.ipynb' });
  await suite.check('fetches plotly when a chart comes near, and not before', async () => {
    const fetched = () => far.requests.some((url) => url.includes(plotly));
    await far.idle();
    assert.equal(fetched(), false);
    await far.page.locator('.hn-carbon .hn-plot').scrollIntoViewIfNeeded();
    await far.charts(1);
    assert.equal(fetched(), true);
  });
  await suite.check('loads little before it: 30 kB to check what came', async () => {
    const sizes = await bytesOf(far.requests.filter((url) => url.includes('halfnote-lab')));
    const checks = sizes.filter(
      ({ text, url }) => !url.includes(plotly) && /invalid_union/.test(text),
    );
    assert.equal(checks.length, 1);
    assert.ok(checks[0].bytes <= 30_000, `${checks[0].bytes} bytes`);
    const all = sizes.filter(({ url }) => !url.includes(plotly));
    const sum = all.reduce((bytes, file) => bytes + file.bytes, 0);
    console.log(`        ${sum} bytes in ${all.length} files, plotly left out`);
    assert.ok(sum <= 128_000, `${sum} bytes`);
  });
  await far.close();
}

async function content(suite, page) {
  await suite.check(
    'shows the precision table with simulated rows marked and silent on speed',
    async () => {
      const rows = await tableRows(page, 'precision-table');
      assert.deepEqual(
        rows.map(([format, execution, , , speedup]) => [format, execution, speedup]),
        [
          ['fp32', 'native', '1.00x'],
          ['bf16', 'simulated', '–'],
          ['fp16', 'simulated', '–'],
          ['int8', 'native', '★ 2.12x'],
        ],
      );
      assert.equal(await page.locator('.hn-precision-table .hn-row-simulated').count(), 2);
    },
  );
  await suite.check('says whose claim each is, where the literature is asked for', async () => {
    const toggle = page.locator('.hn-precision-table label:has-text("literature") input');
    assert.equal(await page.locator('.hn-claims').count(), 0);
    await toggle.check();
    const claims = await page.locator('.hn-claim').allTextContents();
    assert.ok(claims.includes('1.5–5.5x PyTorch AMP 2020, 8x V100, vs fp32'), claims.join('\n'));
    assert.ok(claims.includes('30–50% often claimed, no source found, vs fp32'));
    const cited = page.locator('.hn-precision-table .hn-runs .hn-cited');
    assert.match((await cited.allTextContents()).join(), /M\. Huang, C\. Tekur, M\. Carilli\./);
    assert.deepEqual(await accessibilityProblems(page, '.hn-precision-table'), []);
    await toggle.uncheck();
    assert.equal(await page.locator('.hn-claims').count(), 0);
  });
  await suite.check('shows what each layer loses', async () => {
    const rows = await tableRows(page, 'gradient-ranges');
    assert.equal(rows.length, 5);
    assert.deepEqual(rows[0].slice(0, 2), ['dense_1/kernel', '512×64']);
    await page.click('.hn-gradient-ranges .hn-button:text("All 8 layers")');
    assert.equal((await tableRows(page, 'gradient-ranges'))[4][0], 'dense_1/kernel');
  });
  await suite.check('draws the loss scale over the steps, with the skipped ones', async () => {
    await page.click('.hn-gradient-ranges summary:text("Loss scale, and how it was counted")');
    const chart = page.locator('.hn-loss-scale .hn-plot[data-drawn]');
    await chart.waitFor();
    assert.match(
      await chart.getAttribute('aria-label'),
      /from 65536 .* to 32768 .* 2 steps skipped/,
    );
    assert.equal(await chart.locator('.points path').count(), 2);
  });
  await suite.check(
    'shows energy and carbon with their intervals, in both boundaries',
    async () => {
      const totals = await page.$$eval('.hn-totals dd', (cells) =>
        cells.map((cell) => cell.textContent),
      );
      assert.deepEqual(totals, ['0.85 kJ (0.78–0.92)', '13 mg (9–18)', '3.62 kJ', '6 min 52 s']);
      const [boundaries, accounts] = await page.$$eval('.hn-carbon .hn-plain', (tables) =>
        tables.map((table) =>
          [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)),
        ),
      );
      assert.deepEqual(boundaries[0], ['Energy', '0.85 kJ (0.78–0.92)', '3.62 kJ (3.51–3.73)']);
      assert.deepEqual(
        accounts.map(([name, , share]) => [name.split(' ')[0], share]),
        [
          ["User's", '23.5%'],
          ['Halfnote', '2.79%'],
          ['Rest', '73.7%'],
          ['Whole', '100%'],
        ],
      );
    },
  );
  await suite.check('shows the windows of a session as a tree, with how each ended', async () => {
    const names = await page.$$eval('.hn-carbon .hn-name', (cells) =>
      cells.map((cell) => `${/hn-depth-(\d)/.exec(cell.className)[1]} ${cell.textContent}`),
    );
    assert.deepEqual(names, [
      '0 session',
      '1 outside cells',
      '1 In [1]',
      '1 In [2]',
      '2 train fp32',
      '3 epoch 1',
      '3 epoch 2',
      '2 train bf16',
      '1 In [3], interrupted',
      '1 background of In [3]',
      '1 In [4], still open',
    ]);
  });
  await suite.check('names every view and chart, and has a table behind each', async () => {
    for (const view of VIEWS) {
      assert.ok(await page.getAttribute(`.hn-${view}`, 'aria-label'), `${view} has no label`);
      const plot = page.locator(`.hn-${view} .hn-plot`).first();
      assert.equal(await plot.getAttribute('role'), 'img');
      assert.match(await plot.getAttribute('aria-label'), /table has/);
      assert.equal((await page.locator(`.hn-${view} table caption`).count()) > 0, true);
    }
  });
  await suite.check('draws without WebGL', async () => {
    assert.equal(await page.locator('.hn-plot canvas').count(), 0);
  });
}

async function interaction(suite, page) {
  await suite.check('sorts a table by a click on a column', async () => {
    await page.click('.hn-precision-table .hn-sort:text("Weights")');
    assert.equal((await tableRows(page, 'precision-table'))[0][0], 'fp32');
    await page.click('.hn-precision-table .hn-sort:text("Weights")');
    assert.equal((await tableRows(page, 'precision-table'))[0][0], 'int8');
    assert.equal(await page.locator('[aria-sort=ascending]').count(), 1);
    await page.click('.hn-precision-table .hn-sort:text("Weights")');
  });
  await suite.check('opens a layer by its name and by a click in the heatmap', async () => {
    const histogram = page.locator('.hn-layer .hn-plot');
    await page.click('.hn-gradient-ranges .hn-link:text("dense_1/kernel")');
    await histogram.and(page.locator('[aria-label*="dense_1/kernel"]')).waitFor();
    const map = await page.locator('.hn-overview .nsewdrag').last().boundingBox();
    const plots = await page
      .locator('.hn-overview .nsewdrag')
      .evaluateAll((drags) => drags.map((drag) => drag.getBoundingClientRect().height));
    const index = plots.indexOf(Math.max(...plots));
    const box = (await page.locator('.hn-overview .nsewdrag').nth(index).boundingBox()) ?? map;
    // The first of eight layers, where its values are.
    await page.mouse.click(box.x + box.width * 0.66, box.y + box.height / 16);
    await histogram.and(page.locator('[aria-label*="conv2d_1/kernel"]')).waitFor();
  });
  await suite.check('moves the bands with the loss scale', async () => {
    const underflow = async () =>
      (await tableRows(page, 'gradient-ranges')).find(([name]) => name === 'dense_1/kernel')[4];
    assert.equal(await underflow(), '0%–39.9%');
    await page.getByLabel('Loss scale', { exact: true }).fill('0');
    assert.match(await underflow(), /^[1-9]/);
    await page.click('.hn-scale button:text("Recorded")');
    assert.equal(await underflow(), '0%–39.9%');
  });
}

/** Gradients over the steps, by keys alone. */
async function walking(suite, page) {
  const said = () => page.textContent('.hn-spoken');
  const verdict = () => page.textContent('.hn-gradient-ranges .hn-says strong');
  await suite.check('says first what was lost, and when it was over', async () => {
    assert.match(
      await verdict(),
      /^In fp16 at loss scales from 32768 .*, up to 39\.9% of the gradients of dense_1\/kernel may be lost: zeros .*; for certain, <0\.01% of those of conv2d_1\/bias overflow; from step 25 on none overflow\.$/,
    );
  });
  await suite.check('walks the layers by step by arrow keys, and says each cell', async () => {
    await page.locator('.hn-walk:has(.hn-overview)').focus();
    await page.keyboard.press('Tab');
    assert.equal(
      await page.evaluate(() => document.activeElement.closest('.hn-steps') !== null),
      true,
    );
    await page.keyboard.press('ArrowDown');
    assert.match(await said(), /^conv2d_1\/bias, steps 0–20 at loss scale 65536/);
    await page.keyboard.press('End');
    assert.match(await said(), /^conv2d_1\/bias, steps 350–395 at loss scale 32768/);
    assert.equal(await page.locator('.hn-steps .hn-cursor').count(), 1);
  });
  await suite.check('shows the steps that are chosen, and keeps the focus', async () => {
    await page.keyboard.press('Enter');
    const shown = () => page.textContent('.hn-control:has-text("Steps") output');
    assert.equal(await shown(), 'steps 350–395');
    assert.match(await verdict(), /^In fp16 at loss scale 32768 /);
    assert.match(
      await page.textContent('.hn-gradient-ranges .halfnote-next code'),
      /setLossScaler\(65536\)/,
    );
    assert.equal(
      await page.evaluate(() => document.activeElement.closest('.hn-steps') !== null),
      true,
    );
    assert.equal(await page.locator('.hn-layer .hn-ridge').count(), 10);
    await page.getByLabel('Steps', { exact: true }).focus();
    await page.keyboard.press('Home');
    assert.equal(await shown(), 'all steps');
  });
  await suite.check('walks the layers by exponent', async () => {
    await page.locator('.hn-walk:has(.hn-overview)').focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await said(), /^conv2d_1\/kernel, 2⁻\S+: 0% of its values/);
    await page.keyboard.press('Enter');
    await page.locator('.hn-layer .hn-plot[aria-label*="conv2d_1/kernel"]').waitFor();
  });
}

async function themed(suite, frontend, theme) {
  const { page, app } = frontend;
  await frontend.theme(theme);
  await suite.check(`draws in the ${theme} theme's colors`, async () => {
    await page.waitForFunction(
      (light) => {
        const fill = getComputedStyle(document.querySelector('.hn-plot .xtick text')).fill;
        const brightness = Number(/\d+/.exec(fill)?.[0]);
        return light ? brightness < 100 : brightness > 150;
      },
      theme === 'light',
      { timeout: 5000 },
    );
  });
  await suite.check(`is accessible in the ${theme} theme`, async () => {
    assert.deepEqual(await accessibilityProblems(page, '.hn-output'), []);
  });
  await frontend.screenshot(`views-${app}-${theme}`);
}

async function untrusted(suite, browser, server, app) {
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'hostile.ipynb',
    height: 3600,
  });
  const { page } = frontend;
  await suite.check('says what is wrong with an invalid payload', async () => {
    await page.waitForSelector('.hn-problem >> nth=1');
    const texts = await page.$$eval('.hn-problem', (nodes) =>
      nodes.map((node) => node.textContent),
    );
    assert.match(texts[0], /not valid application\/vnd\.halfnote\.precision-table.*batchSize/);
    assert.match(texts[1], /not valid application\/vnd\.halfnote\.carbon/);
  });
  await suite.check('leaves a payload of another version as it was shown then', () =>
    page.locator('.jp-RenderedHTMLCommon p:text("as it was shown then")').waitFor(),
  );
  await suite.check('says what a newer Halfnote has made, and shows its HTML', async () => {
    const output = page.locator('.hn-output:has(.hn-hint:text("Made by a newer Halfnote"))');
    assert.match(await output.textContent(), /\(carbon, version 3\).*as it will be/);
    assert.equal(await output.locator('script').count(), 0);
  });
  await suite.check('shows what is invalid by the HTML beside it too', async () => {
    assert.equal(await page.locator('.hn-problem + div .fallback').count(), 2);
  });
  await suite.check('shows HTML from a notebook as text', async () => {
    await frontend.charts(VIEWS.length);
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('.hn-view img, .hn-view b').count(), 0);
    assert.match(await page.locator('.hn-precision-table .hn-title').textContent(), /<img src=x/);
  });
  await suite.check('reports no error on bad data', () =>
    assert.deepEqual(frontend.problems(), []),
  );
  await frontend.close();
}
