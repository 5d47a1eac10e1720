import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

const TALL = 1200;

/**
 * Runs every cell of a notebook with its own kernel in JupyterLab, light and dark, and in Notebook 7,
 * and looks at what is on the page.
 * @param {{file: string, views: readonly string[], limitMs: number}} options `views`: those it must show
 */
export async function notebook(suite, browser, server, { file, views, limitMs }) {
  for (const app of ['lab', 'notebook']) {
    suite.at(`${file} in ${app}, live`);
    const frontend = await Frontend.open(browser, server, { app, file, height: TALL });
    try {
      await clean(frontend);
      await suite.check('runs every cell without an error', async () => {
        await frontend.runAll(limitMs);
        const errors = await frontend.page.$$eval(
          '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]',
          (outputs) => outputs.map((output) => output.textContent.slice(0, 500)),
        );
        assert.deepEqual(errors, []);
      });
      for (const theme of app === 'lab' ? ['light', 'dark'] : ['light'])
        await shown(suite, frontend, views, theme);
      await policy(suite, frontend);
      await suite.check('reports no error of the page', () =>
        assert.deepEqual(frontend.problems(), []),
      );
      await frontend.command('kernelmenu:shutdown');
    } finally {
      await frontend.close();
    }
  }
}

/** Without outputs of an earlier run, what is seen later is of this one. */
async function clean(frontend) {
  await frontend.idle();
  await frontend.command('notebook:clear-all-cell-outputs');
}

async function shown(suite, frontend, views, theme) {
  const { page, app } = frontend;
  await frontend.theme(theme);
  for (const view of views) {
    const section = page.locator(`.hn-${view}`).first();
    await suite.check(`shows ${view} in the ${theme} theme`, async () => {
      await section.scrollIntoViewIfNeeded({ timeout: 15_000 });
      await section.locator('.hn-plot[data-drawn] .main-svg').first().waitFor({ timeout: 15_000 });
      assert.ok((await section.locator('tbody tr').count()) > 0, 'its table is empty');
      await page.waitForTimeout(300);
      await frontend.screenshot(`notebook-${app}-${theme}-${view}`);
      await frontend.screenshot(`${view}-${app}-${theme}`, `.hn-${view}`);
    });
  }
  await suite.check(`is accessible in the ${theme} theme`, async () => {
    assert.deepEqual(await accessibilityProblems(page, '.hn-output'), []);
  });
}

/** The policy in the toolbar follows what was run, not what lies in the file. */
async function policy(suite, frontend) {
  await suite.check('shows the policy that the last cell set', async () => {
    const magics = await frontend.page.$$eval('.jp-CodeCell .cm-line', (lines) =>
      lines.flatMap((line) => /^%precision (\w+)/.exec(line.textContent)?.[1] ?? []),
    );
    assert.equal(
      await frontend.page.locator('.hn-policy-select').inputValue(),
      magics.at(-1) ?? 'fp32',
    );
  });
}
