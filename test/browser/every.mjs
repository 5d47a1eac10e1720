import assert from 'node:assert/strict';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';

const OUTPUT = '.jp-OutputArea-output';

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
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}
