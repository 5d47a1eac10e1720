import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';
import { accessibilityProblems } from './lib/probes.mjs';
import { startServer } from './lib/server.mjs';

const WAITS = `for (; !existsSync('go');) await new Promise((done) => setTimeout(done, 20));`;

/** Commands, panels and status around a notebook of ours. */
export async function shell(suite, browser, server, app, files) {
  suite.at(`the shell in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'shell.ipynb' });
  const { page } = frontend;
  const cell = new Cells(frontend);
  const energy = page.locator('#halfnote-energy');
  const variables = page.locator('#halfnote-variables');
  const line = page.locator('.hn-energy-line');
  const row = (name) =>
    variables.locator('tbody tr', { has: page.locator(`[data-name="${name}"]`) });
  const has = (locator, pattern) =>
    locator.filter({ hasText: pattern }).waitFor({ timeout: 30_000 });
  try {
    await suite.check(
      'says precision, joules and CO2e of the session, and how they came about',
      async () => {
        await frontend.runAll();
        await has(line, /^bf16 · .*J · .*g CO2e$/);
        await has(line, / W · /);
        assert.equal(await line.count(), 1);
        const place = await line.evaluate(
          (node) => node.closest('#jp-main-statusbar, .jp-Toolbar')?.id,
        );
        assert.equal(place, app === 'lab' ? 'jp-main-statusbar' : '');
        assert.match(await line.getAttribute('title'), /measured|estimated|modelled/);
      },
    );
    await suite.check(
      'has asked nothing of the variables while their panel was closed',
      async () => {
        assert.equal(await closed(variables), true);
      },
    );
    await suite.check(
      'lists cells with precision and energy, and what is within them',
      async () => {
        await line.click();
        await has(energy, /your code/);
        const cells = energy.locator('tbody tr', { hasText: /In \[\d\]/ });
        await has(cells.first(), /In \[2\]\s*fp32 → bf16/);
        await has(cells.nth(1), /In \[1\]\s*fp32/);
        await energy.locator('button.hn-fold').first().click();
        await has(energy, /warm-up/);
        await has(energy, /training/);
        assert.equal(
          await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded')),
          'true',
        );
      },
    );
    await suite.check('draws power over time', async () => {
      const label = energy.locator('svg[role="img"]');
      await label.waitFor({ timeout: 30_000 });
      assert.match(await label.getAttribute('aria-label'), /at most .*W; now/);
    });
    await suite.check('goes to a cell at a click', async () => {
      await energy.getByRole('button', { name: /^In \[1\]/ }).click();
      await page.locator('.jp-Notebook .jp-Cell.jp-mod-active >> nth=0').waitFor();
      const index = await page.$$eval('.jp-Notebook .jp-Cell', (cells) =>
        cells.findIndex((one) => one.classList.contains('jp-mod-active')),
      );
      assert.equal(index, 0);
    });
    await look(suite, frontend, energy, `${app}-energy`);
    await suite.check('lists variables with type, shape, format and bytes', async () => {
      await frontend.command('halfnote:show-variables');
      const facts = async (name) => {
        await row(name).waitFor({ timeout: 30_000 });
        return (await row(name).locator('td').allTextContents()).slice(0, 4);
      };
      assert.deepEqual(await facts('weights'), ['Tensor', '[2, 3]', 'fp32', '24 B']);
      assert.deepEqual(await facts('half'), ['Tensor', '[2, 3]', 'bf16', '12 B']);
      assert.deepEqual(await facts('model'), ['Sequential', '', 'fp32', '104 B']);
      assert.deepEqual(await facts('rate'), ['number', '', 'fp64', '8 B']);
      assert.match(await row('gone').textContent(), /disposed/);
    });
    await suite.check("opens a tensor's values, a model's layers, and runs no getter", async () => {
      const open = (name) => row(name).locator('button').click();
      const values = variables.locator('.hn-values');
      await open('weights');
      await has(values, /weights: Tensor \[2, 3\] fp32/);
      await has(values, /-2.*least.*|least-2/);
      await has(values.locator('pre'), /1\.500\s+NaN\s+-2\.000\n\s*0\.2500\s+3\.000\s+4\.000/);
      await open('model');
      await has(values, /hidden.*Dense.*16.*fp32.*64 B/);
      await open('sly');
      await has(values, /got.*\(getter\)/);
      await open('gone');
      await has(values, /Disposed/);
      await open('weights');
      await cell.write(2, 'ran');
      await cell.run(2);
      assert.equal(await cell.output(2), '0');
      await has(values, /weights: Tensor/);
    });
    await look(suite, frontend, variables, `${app}-variables`);
    await suite.check('filters and sorts them', async () => {
      await variables.locator('input').fill('tensor');
      assert.deepEqual(await variables.locator('tbody th button').allTextContents(), [
        'weights',
        'half',
        'gone',
      ]);
      await variables.getByRole('button', { name: 'Size' }).click();
      await variables.getByRole('button', { name: 'Size' }).click();
      assert.deepEqual(await variables.locator('tbody th button').allTextContents(), [
        'gone',
        'half',
        'weights',
      ]);
      await variables.locator('input').fill('');
    });
    await suite.check('follows cells, and says that it is busy while one runs', async () => {
      await cell.write(2, `import { existsSync } from 'node:fs'; const fresh = [1, 2]; ${WAITS}`);
      await cell.start(2);
      const status = variables.locator('[role="status"]');
      await has(status, /Busy/);
      await row('half').locator('button').click();
      await has(variables.locator('.hn-values'), /Busy: the values come/);
      files.write('go');
      await row('fresh').waitFor({ timeout: 30_000 });
      await has(variables.locator('.hn-values pre'), /1\.5/);
      await status.filter({ hasNotText: 'Busy' }).waitFor();
      files.remove('go');
      await cell.ended(2);
    });
    await suite.check('runs commands of the palette in new cells', async () => {
      await frontend.command('halfnote:set-precision', { precision: 'fp16' });
      await has(line, /^fp16/);
      assert.equal(
        await page.evaluate(() => {
          const { commands } = window.jupyterapp ?? window.jupyterlab;
          const ours = commands.listCommands().filter((id) => id.startsWith('halfnote:'));
          return Promise.all(ours.map((id) => commands.describedBy(id))).then((all) =>
            all.every(({ args }) => args?.type === 'object'),
          );
        }),
        true,
      );
    });
    await suite.check('knows the cells of before when the page is loaded again', async () => {
      await frontend.command('docmanager:save');
      await page.reload();
      await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
      await has(line, /^fp16 · .*J/);
      await frontend.command('halfnote:show-energy');
      await has(energy, /In \[2\]\s*fp32 → bf16/);
      await frontend.command('halfnote:show-variables');
      await row('weights').waitFor({ timeout: 30_000 });
    });
    await suite.check('begins anew with the kernel', async () => {
      await frontend.restart();
      await has(variables, /No variables\.|told no variables yet/);
      await frontend.command('halfnote:show-energy');
      await has(energy, /No cell has run yet|told no energy yet/);
      await has(line, /^fp32/);
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    files.remove('go');
    await frontend.close();
  }
}

/** Settings have their effect at once; the quickstart is a card, and opens as a copy. */
export async function shellOfLab(suite, browser, server) {
  suite.at('settings and the launcher');
  const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'shell.ipynb' });
  const { page } = frontend;
  const set = (settings) =>
    fetch(`${server.url}/lab/api/settings/halfnote-lab:shell`, {
      method: 'PUT',
      body: JSON.stringify({ raw: JSON.stringify(settings) }),
    });
  const reload = async () => {
    await page.reload();
    await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
    await frontend.idle();
  };
  try {
    await suite.check('shows what the settings say', async () => {
      await page.locator('.hn-energy-line').waitFor({ timeout: 60_000 });
      await page.locator('.hn-policy-select').waitFor();
      const { ok } = await set({ toolbarPrecision: false, energyStatus: false, refreshS: 30 });
      assert.equal(ok, true);
      await reload();
      await page.waitForTimeout(3000);
      assert.equal(await page.locator('.hn-energy-line').count(), 0);
      assert.equal(await page.locator('.hn-policy-select').isVisible(), false);
      await set({});
      await reload();
      await page.locator('.hn-energy-line').waitFor({ timeout: 30_000 });
      await page.locator('.hn-policy-select').waitFor();
    });
    await suite.check('opens the quickstart from the launcher, as a copy', async () => {
      await frontend.command('kernelmenu:shutdown');
      // An address with a file would bring that to the front whenever it has loaded, over the launcher.
      await page.goto(`${server.url}/lab?reset`);
      await page.locator('.jp-LauncherCard', { hasText: 'Halfnote Quickstart' }).click();
      await page
        .locator('.lm-TabBar-tabLabel', { hasText: 'halfnote-quickstart.ipynb' })
        .waitFor({ timeout: 30_000 });
      await page.locator('.jp-NotebookPanel:visible .jp-CodeCell').first().waitFor();
      assert.equal(
        await page.locator('.jp-NotebookPanel:visible .jp-OutputArea-output').count(),
        0,
      );
      await frontend.command('kernelmenu:shutdown');
    });
  } finally {
    await set({});
    await frontend.close();
  }
}

/** A panel that was never opened holds nothing. */
async function closed(panel) {
  return (await panel.locator('.hn-panel-body').count()) === 0;
}

/** Both themes, by axe and as pictures. */
async function look(suite, frontend, panel, name) {
  for (const theme of ['light', 'dark']) {
    await suite.check(`breaks no rule of axe in the ${theme} theme: ${name}`, async () => {
      await frontend.theme(theme);
      await frontend.screenshot(`shell-${name}-${theme}`);
      const id = await panel.getAttribute('id');
      assert.deepEqual(await accessibilityProblems(frontend.page, `#${id}`), []);
    });
  }
  await frontend.theme('light');
}

/** Another kernel hears nothing, and nothing is shown of it. */
export async function silentElsewhere(suite, browser, server) {
  suite.at('the shell beside a Python kernel');
  const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'text.ipynb' });
  const { page } = frontend;
  try {
    await suite.check('loads, asks and shows nothing, and says so where it is opened', async () => {
      await frontend.idle();
      const comms = [];
      page.on('websocket', (socket) =>
        socket.on('framesent', ({ payload }) => {
          if (String(payload).includes('halfnote')) comms.push(String(payload).slice(0, 200));
        }),
      );
      await page.reload();
      await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
      await frontend.idle();
      await page.waitForTimeout(3000);
      assert.equal(await page.locator('.hn-energy-line').count(), 0);
      await frontend.command('halfnote:show-variables');
      await page
        .locator('#halfnote-variables', { hasText: 'not Halfnote’s' })
        .waitFor({ timeout: 30_000 });
      assert.equal(
        await page.evaluate(() =>
          (window.jupyterapp ?? window.jupyterlab).commands.isEnabled('halfnote:doctor'),
        ),
        false,
      );
      await page.waitForTimeout(1000);
      assert.deepEqual(comms, []);
    });
  } finally {
    await frontend.close();
  }
}

/** JupyterLab in Chinese: the shell's words come from the catalog that our Python package brings. */
export async function inChinese(suite, browser, folder) {
  suite.at('the shell in Chinese');
  const server = await startServer(folder, { locale: 'zh_CN' });
  try {
    const frontend = await Frontend.open(browser, server, { app: 'lab', file: 'shell.ipynb' });
    const { page } = frontend;
    await suite.check('says commands, panels and status in Chinese', async () => {
      await frontend.runAll();
      const label = await page.evaluate(() =>
        (window.jupyterapp ?? window.jupyterlab).commands.label('halfnote:set-precision', {
          precision: 'bf16',
        }),
      );
      assert.equal(label, '将精度设为 bf16');
      await frontend.command('halfnote:show-energy');
      await page.locator('#halfnote-energy', { hasText: '您的代码' }).waitFor({ timeout: 30_000 });
      await frontend.command('halfnote:show-variables');
      await page
        .locator('#halfnote-variables', { hasText: /\d+ 个变量/ })
        .waitFor({ timeout: 30_000 });
      await frontend.screenshot('shell-zh-CN');
    });
    await frontend.command('kernelmenu:shutdown');
    await frontend.close();
  } finally {
    await server.stop();
  }
}
