import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';

/** The precision policy in the toolbar, with our kernel. */
export async function policySwitch(suite, browser, server, app) {
  suite.at(`precision policy in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'policy.ipynb' });
  const { page } = frontend;
  const select = page.locator('.hn-policy-select');
  const shows = (policy) =>
    page.waitForFunction(
      (expected) => document.querySelector('.hn-policy-select')?.value === expected,
      policy,
      { timeout: 20_000 },
    );
  const sources = () =>
    page.$$eval('.jp-CodeCell', (cells) =>
      cells.map((cell) =>
        [...cell.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n'),
      ),
    );
  try {
    await suite.check(
      'shows the default of a fresh kernel, not what the file ran once',
      async () => {
        await select.waitFor({ timeout: 60_000 });
        await frontend.idle();
        await shows('fp32');
      },
    );
    await suite.check('shows what a cell set', async () => {
      await frontend.runAll();
      await shows('bf16');
    });
    await suite.check('sets the policy by a magic above the active cell, and runs it', async () => {
      await page.locator('.jp-Notebook .jp-CodeCell').last().click();
      await select.selectOption('fp16');
      await frontend.idle();
      await shows('fp16');
      assert.deepEqual(await sources(), ['%precision bf16', '1 + 1', '%precision fp16', '2 + 2']);
      const prompt = page.locator('.jp-CodeCell >> nth=2 >> .jp-InputPrompt');
      await prompt.filter({ hasText: /\[\d+\]/ }).waitFor({ timeout: 20_000 });
    });
    await suite.check('choosing again rewrites that cell', async () => {
      await select.selectOption('fp8');
      await frontend.idle();
      await shows('fp8');
      assert.deepEqual(await sources(), ['%precision bf16', '1 + 1', '%precision fp8', '2 + 2']);
    });
    await suite.check('keeps the policy when the page is loaded again', async () => {
      await frontend.command('docmanager:save');
      await page.reload();
      await select.waitFor({ timeout: 60_000 });
      await shows('fp8');
    });
    await suite.check('shows the default after a restart', async () => {
      await frontend.restart();
      await shows('fp32');
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

/** A kernel that is not ours has no policy to show. */
export async function noPolicyElsewhere(suite, browser, server) {
  const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'text.ipynb' });
  await suite.check('is not shown for another kernel', async () => {
    await frontend.idle();
    await frontend.page.locator('.hn-policy').waitFor({ state: 'hidden' });
    assert.equal(await frontend.page.locator('.hn-policy').isVisible(), false);
  });
  await frontend.close();
}
