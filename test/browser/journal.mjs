import assert from 'node:assert/strict';
import { Cells } from './lib/cells.mjs';
import { Frontend } from './lib/frontend.mjs';
import { idleKernel, sleep } from './lib/server.mjs';

const WAITS = (name) =>
  `for (; !existsSync('${name}');) await new Promise((done) => setTimeout(done, 20));`;

/** Prints, shows a display, waits to be told, and then goes on printing and updates the display. */
const LONG = `console.log('before');
const shown = display('step 1');
console.log('wait here');
${WAITS('go')}
shown.update('step 2');
console.log('after');
${WAITS('end')}
'the value'`;

/** A page that is loaded again, closed, or opened beside another while cells run. */
export async function journal(suite, browser, server, app, files) {
  suite.at(`a run over a reload in ${app}`);
  const options = { app, file: 'journal.ipynb' };
  let frontend = await Frontend.open(browser, server, options);
  const at = (one) => new Cells(one);
  const shown = async (one, number) => (await at(one).output(number)).replaceAll(/\n+/g, '\n');
  const prompt = (one, number) =>
    one.page.locator(`.jp-Notebook .jp-CodeCell >> nth=${number} >> .jp-InputPrompt`).textContent();
  const has = (one, number, text) =>
    one.page
      .locator(`.jp-Notebook .jp-CodeCell >> nth=${number} >> .jp-OutputArea`)
      .filter({ hasText: text })
      .waitFor({ timeout: 30_000 });
  try {
    await suite.check('shows what was printed before the reload, and that it runs', async () => {
      await frontend.idle();
      await at(frontend).run(0);
      await at(frontend).write(1, LONG);
      await at(frontend).write(2, "'the last'");
      await frontend.command('docmanager:save');
      await frontend.page.evaluate(() => {
        // Not awaited: the command ends with the cells.
        void (window.jupyterapp ?? window.jupyterlab).commands.execute('notebook:run-all-cells');
      });
      await has(frontend, 1, 'wait here');
      await reload(frontend);
      await has(frontend, 1, 'wait here');
      assert.equal(await shown(frontend, 1), 'before\nstep 1\nwait here');
      assert.match(await prompt(frontend, 1), /\[\*\]/);
    });
    await suite.check('shows that cells behind it wait', async () => {
      assert.match(await prompt(frontend, 2), /\[\*\]/);
      assert.match(await prompt(frontend, 0), /\[2\]/);
    });
    await suite.check('a second page shows the same, and both go on', async () => {
      const second = await Frontend.open(browser, server, options);
      try {
        await has(second, 1, 'wait here');
        files.write('go');
        for (const one of [frontend, second]) {
          await has(one, 1, 'after');
          assert.equal(await shown(one, 1), 'before\nstep 2\nwait here\nafter');
          assert.match(await prompt(one, 1), /\[\*\]/);
        }
        await second.page.close();
      } finally {
        files.remove('go');
      }
    });
    await suite.check('outputs made while no page is there are not lost', async () => {
      const kernel = await frontend.kernel();
      await frontend.close();
      files.write('end');
      await idleKernel(server.url, kernel);
      files.remove('end');
      frontend = await Frontend.open(browser, server, options);
      await has(frontend, 2, 'the last');
      assert.match(await shown(frontend, 1), /^before\nstep 2\nwait here\nafter\n'?the value'?$/);
      assert.match(await prompt(frontend, 1), /\[3\]/);
      assert.match(await prompt(frontend, 2), /\[4\]/);
    });
    await suite.check('what was saved and cleared stays cleared', async () => {
      await frontend.command('docmanager:save');
      await frontend.command('notebook:clear-all-cell-outputs');
      await frontend.command('docmanager:save');
      await reload(frontend);
      await frontend.idle();
      await at(frontend).run(0);
      assert.equal(await shown(frontend, 1), '');
    });
    await suite.check(
      'a connection that was lost and comes back goes on with the run',
      async () => {
        await at(frontend).write(1, LONG);
        await at(frontend).start(1);
        await has(frontend, 1, 'wait here');
        await frontend.page.evaluate(async () => {
          const app = window.jupyterapp ?? window.jupyterlab;
          const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
          await panel.sessionContext.session.kernel.reconnect();
        });
        files.write('go');
        await has(frontend, 1, 'after');
        assert.match(await prompt(frontend, 1), /\[\*\]/);
        files.write('end');
        await at(frontend).ended(1);
        assert.match(await shown(frontend, 1), /^before\nstep 2\nwait here\nafter\n'?the value'?$/);
        files.remove('go');
        files.remove('end');
      },
    );
    await suite.check('a cell that runs again shows its new run alone', async () => {
      await at(frontend).write(1, LONG);
      await at(frontend).start(1);
      await frontend.command('docmanager:save');
      await has(frontend, 1, 'wait here');
      await reload(frontend);
      await has(frontend, 1, 'wait here');
      await at(frontend).write(1, "'anew'");
      await at(frontend).start(1);
      files.write('go');
      files.write('end');
      await has(frontend, 1, 'anew');
      files.remove('go');
      files.remove('end');
      await at(frontend).ended(1);
      assert.match(await shown(frontend, 1), /^'?anew'?$/);
    });
    await suite.check('what a timer shows after a save is not lost over a reload', async () => {
      const timer = `void (async () => { ${WAITS('go')} console.log('late'); ${WAITS('end')} console.log('later'); })();\nconsole.log('early');`;
      await at(frontend).write(1, timer);
      await at(frontend).run(1);
      await frontend.command('docmanager:save');
      const kernel = await frontend.kernel();
      await frontend.close();
      files.write('go');
      await idleKernel(server.url, kernel);
      frontend = await Frontend.open(browser, server, options);
      await has(frontend, 1, 'late');
      files.write('end');
      await has(frontend, 1, 'later');
      assert.equal(await shown(frontend, 1), 'early\nlate\nlater');
      files.remove('go');
      files.remove('end');
    });
    await suite.check('an update of a display after a save is not lost over a reload', async () => {
      const updates = `const late = display('one'); void (async () => { ${WAITS('go')} late.update('two'); ${WAITS('end')} late.update('three'); })();`;
      await at(frontend).write(1, updates);
      await at(frontend).run(1);
      await frontend.command('docmanager:save');
      await frontend.close();
      files.write('go');
      await sleep(1000);
      frontend = await Frontend.open(browser, server, options);
      await has(frontend, 1, 'two');
      files.write('end');
      await has(frontend, 1, 'three');
      assert.match(await shown(frontend, 1), /^'?three'?$/);
      files.remove('go');
      files.remove('end');
    });
    await suite.check(
      'a question that is open is asked again over a reload, and answered',
      async () => {
        await at(frontend).write(
          1,
          "import { input } from 'halfnote';\nconsole.log('hello ' + (await input('Name?')), await input('Town?'));",
        );
        const field = frontend.page.locator('.jp-Stdin-input');
        await at(frontend).start(1);
        await field.waitFor();
        await reload(frontend);
        await field.waitFor();
        assert.match(await prompt(frontend, 1), /\[\*\]/);
        await frontend.screenshot(`asked-again-${app}`);
        await field.fill('Ada');
        await field.press('Enter');
        await has(frontend, 1, 'Town?');
        await reload(frontend);
        await field.waitFor();
        await field.fill('London');
        await field.press('Enter');
        await at(frontend).ended(1);
        assert.equal(await shown(frontend, 1), 'Name? Ada\nTown? London\nhello Ada London');
        assert.equal(await field.count(), 0);
      },
    );
    await suite.check('an interrupt takes a question away that was asked again', async () => {
      await at(frontend).write(1, "await input('Name?');");
      const field = frontend.page.locator('.jp-Stdin-input');
      await at(frontend).start(1);
      await field.waitFor();
      await reload(frontend);
      await field.waitFor();
      await frontend.command('notebook:interrupt-kernel');
      await at(frontend).ended(1);
      assert.equal(await field.count(), 0);
      await at(frontend).write(1, "'goes on'");
      await at(frontend).run(1);
      assert.match(await shown(frontend, 1), /^'?goes on'?$/);
    });
    await suite.check(
      'a copy of a notebook on the same kernel has its own runs alone',
      async () => {
        await frontend.command('docmanager:save');
        files.copy('journal.ipynb', 'journal-copy.ipynb');
        await at(frontend).write(1, "console.log('of the original')");
        await at(frontend).run(1);
        const copy = await Frontend.open(browser, server, { app, file: 'journal-copy.ipynb' });
        try {
          await share(frontend, copy);
          await copy.idle();
          await at(copy).run(0);
          assert.match(await shown(copy, 1), /^'?goes on'?$/);
        } finally {
          await copy.close();
        }
      },
    );
    await suite.check('reports no error of the page', () =>
      assert.deepEqual(frontend.problems(), []),
    );
    await frontend.command('kernelmenu:shutdown');
  } finally {
    await frontend.close();
  }
}

/** Gives the second notebook the kernel of the first. */
async function share(first, second) {
  const id = await first.page.evaluate(() => {
    const app = window.jupyterapp ?? window.jupyterlab;
    const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
    return panel.sessionContext.session.kernel.id;
  });
  await second.connected();
  await second.page.evaluate(async (kernelId) => {
    const app = window.jupyterapp ?? window.jupyterlab;
    const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
    await panel.sessionContext.changeKernel({ id: kernelId });
  }, id);
}

/** Loads the page again, without the question whether to leave. */
async function reload(frontend) {
  const accept = (dialog) => void dialog.accept().catch(() => undefined);
  frontend.page.on('dialog', accept);
  await frontend.page.reload();
  frontend.page.off('dialog', accept);
  await frontend.page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
  await frontend.connected();
}
