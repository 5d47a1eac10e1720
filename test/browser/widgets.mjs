import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';

/** Controls of `halfnote/widgets` as a user moves them, with the front end's own widget manager. */
export async function widgets(suite, browser, server, app) {
  suite.at(`widgets in ${app}`);
  const frontend = await Frontend.open(browser, server, {
    app,
    file: 'widgets.ipynb',
    height: 2400,
  });
  const { page } = frontend;
  const cells = new Cells(frontend);
  const cell = (number) => page.locator(`.jp-Notebook .jp-CodeCell >> nth=${number}`);
  const outputs = (number) => cell(number).locator('.jp-Cell-outputWrapper');
  const has = (number, text) =>
    outputs(number).filter({ hasText: text }).waitFor({ timeout: 30_000 });
  /** Clicks on a slider's end, from 0 to 1. */
  const slide = async (number, end) => {
    const track = outputs(number).locator('.noUi-target').first();
    const { width, height } = await track.boundingBox();
    await track.click({ position: { x: end * (width - 1), y: height / 2 }, force: true });
  };
  try {
    await suite.check('shows a slider, whose callback prints below its cell', async () => {
      await frontend.idle();
      await cells.run(0);
      await cells.run(1);
      // From here on the page's widget manager is there, and hears of each model as it is made.
      await outputs(1).locator('.widget-readout').waitFor({ timeout: 60_000 });
      for (const number of [2, 3, 4, 6]) await cells.run(number);
      await slide(1, 0);
      await has(1, 'bits 8 to 2');
    });
    await suite.check('a cell moves what the page shows', async () => {
      await cells.write(5, 'bits.value = 99; bits.value');
      await cells.run(5);
      assert.equal(await cells.output(5), '16');
      await outputs(1).locator('.widget-readout').filter({ hasText: /^16$/ }).waitFor();
    });
    await suite.check(
      'a dropdown, a checkbox, a line and a button write into an Output',
      async () => {
        await outputs(2).locator('select').selectOption('bf16');
        await has(2, 'format bf16');
        await outputs(2).locator('input[type=checkbox]').check();
        await has(2, 'saturate true');
        await outputs(2).locator('input[type=text]').fill('first');
        await has(2, 'name first');
        await outputs(2).getByRole('button', { name: 'Train' }).click();
        await has(2, 'click 1');
        await outputs(2).getByRole('button', { name: 'Train' }).click();
        await has(2, 'click 2');
        await cells.write(5, '[format.value, saturate.value, name.value, clicks].join()');
        await cells.run(5);
        assert.match(await cells.output(5), /bf16,true,first,2/);
      },
    );
    await suite.check('a dropdown stands beside a checkbox in an HBox', async () => {
      const [select, box] = await Promise.all([
        outputs(2).locator('.widget-dropdown').boundingBox(),
        outputs(2).locator('.widget-checkbox').boundingBox(),
      ]);
      assert.ok(box.x >= select.x + select.width - 1, `${box.x} is left of the dropdown's end`);
      assert.ok(Math.abs(box.y - select.y) < 10, `${box.y} and ${select.y}`);
    });
    await suite.check(
      'interact calls its function anew, and shows its last value alone',
      async () => {
        await has(3, 'in bf16');
        const shown = outputs(3).locator('.widget-output');
        await slide(3, 1);
        await shown.filter({ hasText: /^in bf16\s*10$/ }).waitFor();
        await outputs(3).locator('input[type=checkbox]').check();
        await shown.filter({ hasText: /^in bf16\s*20$/ }).waitFor();
        await outputs(3).locator('select').selectOption('fp16');
        await shown.filter({ hasText: /^in fp16\s*20$/ }).waitFor();
      },
    );
    await suite.check('sliders over the bits of a format draw its errors anew', async () => {
      const view = outputs(6).locator('.widget-output .hn-inspector');
      await view.filter({ hasText: 'E5M5' }).waitFor({ timeout: 30_000 });
      await slide(6, 1);
      await view.filter({ hasText: 'E8M5' }).waitFor({ timeout: 30_000 });
      assert.equal(await view.count(), 1);
      assert.doesNotMatch(await view.textContent(), /E5M5/);
    });
    await suite.check('an error of a callback is shown with its line', async () => {
      await outputs(4).getByRole('button', { name: 'Fail' }).click();
      await has(4, 'RangeError: no such run');
      const told = await cells.output(4);
      assert.match(told, /cell\[5\]:2:27/);
      assert.doesNotMatch(told, /dist.(widgets|comm)/);
    });
    await suite.check('the stop button ends a callback that loops', async () => {
      await outputs(4).getByRole('button', { name: 'Loop' }).click();
      await has(4, 'loops');
      await frontend.toolbar('interrupt').click();
      await cells.write(5, 'bits.value + 1');
      await cells.run(5);
      assert.equal(await cells.output(5), '17');
    });
    for (const theme of ['light', 'dark']) {
      await frontend.theme(theme);
      await frontend.screenshot(`widgets-${app}-${theme}`);
    }
    await suite.check('a page that is loaded again has its widgets back', async () => {
      await frontend.command('docmanager:save');
      const accept = (dialog) => void dialog.accept().catch(() => undefined);
      page.on('dialog', accept);
      await page.reload();
      page.off('dialog', accept);
      await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
      await frontend.connected();
      await outputs(1).locator('.widget-readout').filter({ hasText: /^16$/ }).waitFor();
      assert.equal(await outputs(2).locator('select').inputValue(), 'bf16');
      await has(2, 'click 2');
      await outputs(2).getByRole('button', { name: 'Train' }).click();
      await has(2, 'click 3');
      await slide(3, 0);
      const shown = outputs(3).locator('.widget-output');
      await shown.filter({ hasText: /^in fp16\s*0$/ }).waitFor();
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await suite.check('a restart leaves widgets that harm nothing', async () => {
      await frontend.restart();
      await cells.write(5, '1 + 1');
      await cells.run(5);
      assert.equal(await cells.output(5), '2');
    });
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}
