import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';

/** JupyterLab's debugger with our kernel: its button, a breakpoint in a gutter, steps, and values. */
export async function debuggerOfLab(suite, browser, server) {
  suite.at('the debugger in lab');
  const options = { app: 'lab', file: 'debugger.ipynb', width: 1500 };
  const frontend = await Frontend.open(browser, server, options);
  const { page } = frontend;
  const cell = new Cells(frontend);
  try {
    await frontend.idle();
    await suite.check('its button is enabled, and opens the panel', async () => {
      await cell.run(0);
      const button = page.locator('.jp-DebuggerBugButton');
      await button.first().click();
      await page.locator('.jp-DebuggerBugButton[aria-pressed="true"]').first().waitFor();
      await page.locator('.jp-DebuggerSidebar').waitFor({ state: 'visible' });
      await gutter(page, 0).first().waitFor({ state: 'visible' });
    });
    await suite.check('the panel shows the variables of the notebook', async () => {
      await cell.run(1);
      await variable(page, 'factor').filter({ hasText: '10' }).waitFor();
    });
    await suite.check('a click in the gutter sets a breakpoint', async () => {
      await clickGutter(page, 0, 4);
      await marker(page, 0).waitFor();
      assert.equal(await marker(page, 0).count(), 1);
    });
    await suite.check('a later cell stops there, and the line is shown', async () => {
      await cell.start(1);
      const line = page.locator('.jp-DebuggerEditor-highlight');
      await line.filter({ hasText: 'return { total' }).waitFor();
      await page.locator('.jp-DebuggerCallstack-body li').first().waitFor();
      assert.match(
        await page.locator('.jp-DebuggerCallstack-body li').first().textContent(),
        /^scaled/,
      );
    });
    await suite.check('the panel shows the values there', async () => {
      await variable(page, 'total').filter({ hasText: '30' }).waitFor();
      await variable(page, 'list').filter({ hasText: '[1, 2]' }).waitFor();
      await frontend.screenshot('debugger-stopped');
    });
    await suite.check('a step leads to the next line, and "continue" to the end', async () => {
      await frontend.command('debugger:next');
      const line = page.locator('.jp-DebuggerEditor-highlight');
      await line.filter({ hasText: /^sum$/ }).waitFor();
      await frontend.command('debugger:continue');
      await cell.ended(1);
      assert.match(await cell.output(1), /total: 30, count: 2/);
    });
    await suite.check('without the debugger nothing stops', async () => {
      await page.locator('.jp-DebuggerBugButton').first().click();
      await page
        .locator('.jp-DebuggerBugButton[aria-pressed="true"]')
        .waitFor({ state: 'detached' });
      await cell.run(1);
      assert.match(await cell.output(1), /total: 30, count: 2/);
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

function gutter(page, number) {
  return page.locator(`.jp-Notebook .jp-CodeCell >> nth=${number} >> .cm-breakpoint-gutter`);
}

/** Lines count from 1; the gutter's first element only gives it its width. */
async function clickGutter(page, number, line) {
  const element = gutter(page, number).locator('.cm-gutterElement').nth(line);
  const { x, y, width, height } = await element.boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
}

function marker(page, number) {
  return page.locator(
    `.jp-Notebook .jp-CodeCell >> nth=${number} >> .cm-gutterElement:not([style*="visibility: hidden"]) .cm-breakpoint-icon`,
  );
}

/** A row of the panel of variables. */
function variable(page, name) {
  return page.locator('.jp-DebuggerVariables-body jp-tree-item').filter({
    has: page.locator(`.jp-DebuggerVariables-name:text-is("${name}")`),
  });
}
