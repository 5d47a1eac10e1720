import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';

/** Waits for a file that the test writes: a cell in it lasts as long as the test wants. */
const WAITS = `for (; !existsSync('go');) await new Promise((done) => setTimeout(done, 20));`;

/** What cells do to the policy, in the order in which they run, and what the toolbar must say then. */
const CASES = [
  ['a library call', "setPrecision('bf16');", 'bf16'],
  ['a comment with a magic in it', '// %precision fp16\n1 + 1', 'bf16'],
  ['a text with a magic in it', 'const text = `\n%precision fp16\n`;', 'bf16'],
  ['a cell that sets it and fails', "setPrecision('fp16'); throw new Error('fails');", 'fp16'],
  ['a magic behind which the cell fails', "%precision tf32\nthrow new Error('fails');", 'tf32'],
  ['a magic that is refused', '%precision fp7', 'tf32'],
  ['a branch not taken', "if (1 > 2) setPrecision('fp8');", 'tf32'],
  ["Keras's name", '%precision mixed_bfloat16', 'mixed_bfloat16'],
  ["jmp's form", '%precision p=f32,c=f16,o=f32', 'fp16'],
  ['a policy for one cell', '%%precision fp8\n1 + 1', 'fp16'],
  ['a scope that throws', "withPrecision('bf16', () => { throw new Error('fails'); });", 'fp16'],
];

/** The precision policy in the toolbar: what the kernel tells, with our kernel. */
export async function policySwitch(suite, browser, server, app, files) {
  suite.at(`precision policy in ${app}`);
  const options = { app, file: 'policy.ipynb' };
  const frontend = await Frontend.open(browser, server, options);
  const { page } = frontend;
  const cell = new Cells(frontend);
  const select = page.locator('.hn-policy-select');
  const sources = () =>
    page.$$eval('.jp-CodeCell', (cells) =>
      cells.map((cell) =>
        [...cell.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n'),
      ),
    );
  const run = async (text) => {
    await cell.write(0, text);
    await cell.run(0);
  };
  try {
    await suite.check(
      'shows the default of a fresh kernel, not what the file ran once',
      async () => {
        await frontend.idle();
        await shows(page, 'fp32');
      },
    );
    await suite.check('shows what a cell set', async () => {
      await frontend.runAll();
      await shows(page, 'bf16');
    });
    await suite.check('sets the policy by a magic above the active cell, and runs it', async () => {
      await page.locator('.jp-Notebook .jp-CodeCell').last().click();
      await select.selectOption('fp16');
      await frontend.idle();
      await shows(page, 'fp16');
      assert.deepEqual(await sources(), ['%precision bf16', '1 + 1', '%precision fp16', '2 + 2']);
      const prompt = page.locator('.jp-CodeCell >> nth=2 >> .jp-InputPrompt');
      await prompt.filter({ hasText: /\[\d+\]/ }).waitFor({ timeout: 20_000 });
    });
    await suite.check('choosing again rewrites that cell', async () => {
      await select.selectOption('fp8');
      await frontend.idle();
      await shows(page, 'fp8');
      assert.deepEqual(await sources(), ['%precision bf16', '1 + 1', '%precision fp8', '2 + 2']);
    });
    await suite.check('keeps the policy when the page is loaded again', async () => {
      await frontend.command('docmanager:save');
      await page.reload();
      await shows(page, 'fp8');
      await frontend.idle();
    });
    await run(
      "import { setPrecision, withPrecision } from 'halfnote'; import { existsSync } from 'node:fs';",
    );
    for (const [what, text, policy] of CASES) {
      await suite.check(`is right after ${what}: ${policy}`, async () => {
        await run(text);
        await shows(page, policy);
      });
    }
    await suite.check('says what a scope computes in, while the cell runs', async () => {
      await cell.write(0, `await withPrecision('bf16', async () => { ${WAITS} });`);
      await cell.start(0);
      await shows(page, 'fp16', 'now bf16');
    });
    await suite.check('leaves the list and a choice on its way alone meanwhile', async () => {
      files.write('go');
      await cell.ended(0);
      await shows(page, 'fp16');
      files.remove('go');
      await select.evaluate((list) => {
        list.value = 'fp32';
        list.firstElementChild.id = 'kept';
      });
      await cell.start(0);
      const now = page.locator('.hn-policy-running');
      await now.filter({ hasText: 'now bf16' }).waitFor({ timeout: 30_000 });
      assert.equal(await select.inputValue(), 'fp32');
      assert.equal(await page.locator('#kept').count(), 1);
      await select.evaluate((list) => {
        list.value = 'fp16';
        list.firstElementChild.removeAttribute('id');
      });
    });
    await suite.check('tells a second page, while the cell runs, and both at its end', async () => {
      const second = await Frontend.open(browser, server, options);
      try {
        await shows(second.page, 'fp16', 'now bf16');
        files.write('go');
        for (const one of [page, second.page]) await shows(one, 'fp16');
        files.remove('go');
        await cell.ended(0);
        await run("setPrecision('tf32');");
        for (const one of [page, second.page]) await shows(one, 'tf32');
        await frontend.restart();
        for (const one of [page, second.page]) await shows(one, 'fp32');
      } finally {
        await second.close();
      }
    });
    await suite.check('forgets the scope of a cell that is interrupted by force', async () => {
      await run("import { withPrecision } from 'halfnote';");
      await cell.write(0, "withPrecision('bf16', () => { for (;;); });");
      await cell.start(0);
      await shows(page, 'fp32', 'now bf16');
      await frontend.command('notebook:interrupt-kernel');
      await cell.ended(0);
      await shows(page, 'fp32');
      await run('%precision');
      assert.match(await cell.output(0), /Precision: fp32/);
    });
    await suite.check('begins anew when the cell process dies', async () => {
      await run('%precision fp16');
      await shows(page, 'fp16');
      await run('process.exit(3)');
      await shows(page, 'fp32');
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

/** Waits until the toolbar shows a policy, and what is computed in now where that is another. */
function shows(page, policy, running = '') {
  return page
    .waitForFunction(
      (expected) => {
        const [select] = document.querySelectorAll('.hn-policy-select');
        const now = document.querySelector('.hn-policy-running')?.textContent;
        return select?.value === expected[0] && now === expected[1];
      },
      [policy, running],
      { timeout: 30_000 },
    )
    .catch(async () => {
      const text = await page.$eval('.hn-policy', (node) =>
        [node.querySelector('select').value, node.textContent].join(' / '),
      );
      assert.fail(`shows ${text} in place of ${policy} ${running}`);
    });
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

/** Two notebooks of one page with one kernel: both know what it does. */
export async function policyOfSharedKernel(suite, browser, server) {
  suite.at('a kernel that two notebooks share');
  const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'policy.ipynb' });
  const { page } = frontend;
  const all = (policy) =>
    page.waitForFunction(
      (expected) => {
        const found = [...document.querySelectorAll('.hn-policy-select')];
        return found.length === 2 && found.every(({ value }) => value === expected);
      },
      policy,
      { timeout: 60_000 },
    );
  try {
    await suite.check('the toolbars of both tell its policy', async () => {
      await frontend.idle();
      await frontend.command('docmanager:open', {
        path: 'journal.ipynb',
        factory: 'Notebook',
        kernel: { id: await frontend.kernel() },
      });
      await all('fp32');
      await page.evaluate(async () => {
        const app = window.jupyterapp ?? window.jupyterlab;
        const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
        const code = '%precision bf16';
        await panel.sessionContext.session.kernel.requestExecute({ code }).done;
      });
      await all('bf16');
      await frontend.screenshot('policy-shared');
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown').catch(() => undefined);
  } finally {
    await frontend.close();
  }
}
