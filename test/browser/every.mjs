import assert from 'node:assert/strict';
import { EVERY } from './fixtures/notebooks.mjs';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

const OUTPUT = '.jp-OutputArea-output';

/** A view is seen whole beside the cell that made it, with all folded. */
/** With what a line of text may differ by from one font to another. */
const MOST_HEIGHT = 605;
/** Cells whose outputs don't begin with a verdict, and why. */
const WITHOUT_VERDICT = {
  '%precision': 'a switch: it says what holds from now on',
  '%who': 'a list of names, of which nothing follows',
};
/** Those that are higher, and why. */
const HIGHER = {
  '%gradients show': 'a view with controls of its own',
  '%carbon report --region FRA': 'a view with controls of its own',
  "(await import('halfnote')).explain(0.1, 'e4m3')": 'its steps are what it is asked for',
  '%weights q': 'the histogram of a layer above its figures',
  '%kvcache --layers 32 --heads 32 --kv-heads 8 --head-dim 128 --sequence 8192':
    'a row for each of 15 formats',
};

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
    await frontend.command('application:toggle-left-area');
    await verdicts(suite, page);
    await nextSteps(suite, page);
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
  await suite.check(
    'finds the rows that hold some words in a long table, and keeps its order',
    async () => {
      const fold = page.locator('details:has(> summary:text-is("All 12 layers"))', {
        has: page.locator('caption:has-text("Cost of")'),
      });
      await fold.locator('summary').click();
      const visible = () => fold.locator('tbody tr:visible > :first-child').allTextContents();
      await fold.locator('thead tr:last-child th button').first().click();
      const sorted = await visible();
      await fold.locator('.hn-filter-field').fill('HIDDEN_1 dense');
      assert.deepEqual(
        await visible(),
        sorted.filter((name) => name.startsWith('hidden_1')),
      );
      assert.match(await fold.locator('[role=status]').textContent(), /^3 of 13 rows$/);
      await fold.locator('.hn-filter-field').fill('');
      assert.deepEqual(await visible(), sorted);
      assert.equal(await fold.locator('[role=status]').textContent(), '');
      await fold.locator('summary').click();
    },
  );
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
    for (const text of [csv, markdown, latex])
      assert.ok(text.replaceAll('\\_', '_').includes(first), text);
    assert.equal(csv.trim().split('\r\n').length, (await names()).length + 1);
    assert.match(markdown, /\| --- \| ---: \|/);
    assert.match(latex, /\\toprule[^]*\\bottomrule/);
  });
}

/** Of each cell's views whether they begin with a verdict, and how high they are; lines of progress are none. */
function shownBy(page) {
  return page.$$eval('.jp-Notebook .jp-CodeCell', (cells) =>
    cells.map((cell) =>
      [...cell.querySelectorAll('.jp-OutputArea-output')]
        .filter((output) => output.querySelector('table, img, details, .halfnote-verdict') !== null)
        .map((output) => {
          // Of those that every front end shows the first part; views of the extension have a title above it.
          const first = output.querySelector('.halfnote > :not(style, .hn-exports)');
          const own = output.querySelector('.hn-view .hn-says');
          return {
            begins: own !== null || (first?.classList.contains('halfnote-verdict') ?? false),
            height: output.getBoundingClientRect().height,
          };
        }),
    ),
  );
}

async function verdicts(suite, page) {
  await page.setViewportSize({ width: 1000, height: 12_000 });
  await page.waitForTimeout(500);
  // The first cell makes the model.
  const [, ...shown] = await shownBy(page);
  await suite.check('shows a view in most cells', () => {
    assert.ok(shown.filter((views) => views.length > 0).length > EVERY.length - 5);
  });
  const wrong = (judge, exceptions) =>
    EVERY.flatMap((source, i) =>
      Object.hasOwn(exceptions, source)
        ? []
        : shown[i]
            .filter((output) => !judge(output))
            .map(({ height }) => `${source}: ${height} px`),
    );
  await suite.check('begins each view with its verdict', () => {
    assert.deepEqual(
      wrong(({ begins }) => begins, WITHOUT_VERDICT),
      [],
    );
  });
  await suite.check(`shows each view of twelve layers within ${MOST_HEIGHT} px at 1000 px`, () => {
    assert.deepEqual(
      wrong(({ height }) => height <= MOST_HEIGHT, HIGHER),
      [],
    );
  });
  await suite.check('makes no exception without need', () => {
    const needless = (judge, exceptions) =>
      Object.keys(exceptions).filter((source) => shown[EVERY.indexOf(source)].every(judge));
    assert.deepEqual(
      needless(({ height }) => height <= MOST_HEIGHT, HIGHER),
      [],
    );
  });
}

/** The button beside what a verdict proposes. */
async function nextSteps(suite, page) {
  const cells = page.locator('.jp-Notebook .jp-CodeCell');
  const sources = () =>
    page.evaluate(() => {
      const app = window.jupyterapp ?? window.jupyterlab;
      const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
      return panel.content.widgets.map(({ model }) => [
        model.sharedModel.getSource(),
        model.executionCount ?? null,
      ]);
    });
  for (const [way, press] of [
    ['a click', (button) => button.click()],
    ['the keyboard', async (button) => (await button.focus(), page.keyboard.press('Enter'))],
  ]) {
    await suite.check(
      `writes what a verdict proposes into the cell below by ${way}, and doesn't run it`,
      async () => {
        const at = EVERY.indexOf('%cost model') + 1;
        const before = await sources();
        await press(cells.nth(at).locator('.hn-next').first());
        await page.waitForTimeout(500);
        const after = await sources();
        assert.equal(after.length, before.length + 1);
        assert.deepEqual(after[at + 1], ['%roofline model', null]);
        assert.deepEqual(after.toSpliced(at + 1, 1), before);
      },
    );
  }
}

/** A notebook that can't be saved offers no cells. */
export async function readOnlyNotebook(suite, browser, server) {
  suite.at('a verdict in a notebook that is read-only');
  for (const writable of [true, false]) {
    const frontend = await Frontend.open(browser, server, {
      app: 'lab',
      file: 'next.ipynb',
      prepare: (page) =>
        page.route('**/api/contents/next.ipynb*', async (route) => {
          const response = await route.fetch();
          const json = await response.json().catch(() => undefined);
          if (json === undefined) return route.fulfill({ response });
          return route.fulfill({ response, json: { ...json, writable } });
        }),
    });
    try {
      await frontend.page.waitForSelector('.halfnote-next');
      await frontend.page.waitForTimeout(1000);
      await suite.check(writable ? 'has its button else' : 'has no button', async () => {
        assert.equal(await frontend.page.locator('.hn-next').count(), writable ? 1 : 0);
      });
    } finally {
      await frontend.close();
    }
  }
}
