import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';

/** What a user does with our kernel besides running cells: complete, ask, answer, stop, restart. */
export async function kernelByHand(suite, browser, server, app) {
  suite.at(`the kernel by hand in ${app}`);
  const frontend = await Frontend.open(browser, server, { app, file: 'kernel.ipynb' });
  const { page } = frontend;
  const cell = new Cells(frontend);
  try {
    await suite.check('runs its first cell', async () => {
      await frontend.idle();
      await cell.run(0);
      assert.match(await cell.output(0), /^ready/);
    });
    await suite.check('Tab shows the members of a tensor, and completes one', async () => {
      await cell.write(1, 'tensor.');
      const item = page.locator('.jp-Completer-item');
      await pressUntil(page, 'Tab', item.first());
      assert.ok((await item.count()) > 10, `only ${await item.count()} members`);
      await page.keyboard.type('arraySy');
      await item.filter({ hasText: 'arraySync' }).waitFor({ state: 'visible' });
      await page.keyboard.press('Enter');
      await cell.has(1, /^tensor\.arraySync/);
    });
    await suite.check('Shift-Tab shows the signature of a function', async () => {
      await cell.write(1, 'tensor.reshape');
      const tooltip = page.locator('.jp-Tooltip');
      await pressUntil(page, 'Shift+Tab', tooltip);
      await tooltip.filter({ hasText: /reshape.*\(.*shape/s }).waitFor();
      await page.keyboard.press('Escape');
    });
    await suite.check('asks for input and goes on with the answer', async () => {
      await cell.write(
        1,
        "import { input } from 'halfnote'; const name = await input('name? '); `hello ${name}`",
      );
      await cell.start(1);
      const field = page.locator('.jp-Stdin-input');
      await field.waitFor({ state: 'visible' });
      assert.match(await page.locator('.jp-Stdin-prompt').textContent(), /name\?/);
      await field.fill('Ada');
      await field.press('Enter');
      await cell.ended(1);
      assert.match(await cell.output(1), /hello Ada/);
    });
    await suite.check('the stop button ends an endless loop and keeps the variables', async () => {
      await cell.write(1, "console.log('loops'); for (;;);");
      await cell.start(1);
      await page.waitForSelector('.jp-OutputArea-output:has-text("loops")');
      await frontend.toolbar('interrupt').click();
      await cell.ended(1, 10_000);
      assert.match(await cell.output(1), /interrupt/i);
      await cell.write(1, 'tensor.shape');
      await cell.run(1);
      assert.match(await cell.output(1), /\[ 3 \]/);
    });
    await suite.check('a comm opened by a cell is answered by the front end', () =>
      answeredComm(frontend, cell),
    );
    await suite.check('the restart button forgets the variables and runs cells again', async () => {
      await frontend.toolbar('restart').click();
      await page.click('.jp-Dialog .jp-mod-accept');
      await frontend.idle();
      await cell.write(1, 'typeof tensor');
      await cell.run(1);
      assert.match(await cell.output(1), /undefined|Cannot find name/);
      await cell.run(0);
      assert.match(await cell.output(0), /^ready/);
    });
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

/** Presses a key until its popup shows: JupyterLab asks a busy machine for a second and then gives up. */
async function pressUntil(page, key, popup) {
  for (let tries = 0; tries < 5; tries++) {
    await page.keyboard.press(key);
    const shown = popup.waitFor({ state: 'visible', timeout: 3000 });
    if (await shown.then(() => true).catch(() => false)) return;
  }
  throw new Error(`${key} shows nothing`);
}

/** The front end echoes what the cell's comm sends; the cell shows what came back. */
async function answeredComm(frontend, cell) {
  await frontend.page.evaluate(() => {
    const app = window.jupyterapp ?? window.jupyterlab;
    const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
    panel.sessionContext.session.kernel.registerCommTarget('test.echo', (comm, opened) => {
      comm.onMsg = (message) => void comm.send({ echo: message.content.data.text });
      void comm.send({ echo: opened.content.data.text });
    });
  });
  await cell.write(
    1,
    [
      "import { openComm } from 'halfnote';",
      "const comm = openComm('test.echo', { text: 'opened' });",
      'const echoes: unknown[] = [];',
      'await new Promise<void>((done) => comm.onMessage(({ data }) => {',
      "if (echoes.push((data as any).echo) === 1) comm.send({ text: 'sent' }); else done();",
      '}));',
      "comm.close(); echoes.join(' and ')",
    ].join('\n'),
  );
  await cell.run(1);
  assert.match(await cell.output(1), /opened and sent/);
}
