import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildDir } from '../../../scripts/lib/paths.mjs';
import { idleKernel, sleep } from './server.mjs';

const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };

/** What JupyterLab 4.6 and Notebook 7.6 report on their own, without any extension installed. */
const FOREIGN = [
  /favicon/,
  /ResizeObserver loop/,
  /reading 'schema'\)[^]*notebook_core/,
  /filebrowser:open-path/,
  // Said of each comm that another page has with the same kernel.
  /Comm not found for comm id/,
  // Said where a kernel is restarted while JupyterLab asks whether it is debugged.
  /Could not restore the debugger state: Canceled future/,
];

/** A notebook opened in JupyterLab (`lab`) or Notebook 7 (`notebook`). */
export class Frontend {
  errors = [];
  requests = [];

  static async open(
    browser,
    server,
    { app, file, height = 1000, width = 1280, scale = 1, prepare },
  ) {
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: scale,
    });
    await prepare?.(page);
    const frontend = new Frontend(page, server, app);
    page.on('pageerror', (error) => frontend.errors.push(error.stack ?? String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') frontend.errors.push(message.text());
    });
    page.on('request', (request) => frontend.requests.push(request.url()));
    await page.goto(
      `${server.url}/${app === 'lab' ? 'lab/tree' : 'notebooks'}/${file}${app === 'lab' ? '?reset' : ''}`,
    );
    await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 60_000 });
    return frontend;
  }

  constructor(page, server, app) {
    this.page = page;
    this.server = server;
    this.app = app;
  }

  /** Runs a command of the application, as its menu does; those that wait for cells wait no longer than `limitMs`. */
  command(id, args = {}, limitMs = 60_000) {
    return this.page.evaluate(
      ([command, options, limit]) =>
        Promise.race([
          (window.jupyterapp ?? window.jupyterlab).commands
            .execute(command, options)
            .then(() => undefined),
          new Promise((_, reject) =>
            setTimeout(() => reject(new Error(`${command} takes longer than ${limit} ms`)), limit),
          ),
        ]),
      [id, args, limitMs],
    );
  }

  async theme(name) {
    await this.command('apputils:change-theme', { theme: THEMES[name] });
    await this.page.waitForFunction(
      (light) => document.body.dataset.jpThemeLight === light,
      String(name === 'light'),
    );
    await sleep(300);
  }

  /** Waits until the notebook is connected with its kernel: the server may know that one long before. */
  async connected() {
    await this.page.waitForFunction(
      () => {
        const app = window.jupyterapp ?? window.jupyterlab;
        const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
        const context = panel?.sessionContext;
        return context?.isReady && context.session?.kernel?.connectionStatus === 'connected';
      },
      undefined,
      { timeout: 60_000 },
    );
  }

  /** The id of the notebook's kernel. */
  async kernel() {
    await this.connected();
    return this.page.evaluate(() => {
      const app = window.jupyterapp ?? window.jupyterlab;
      const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
      return panel.sessionContext.session.kernel.id;
    });
  }

  /** Waits until the notebook's kernel has nothing to do. */
  async idle(limitMs = 60_000) {
    await idleKernel(this.server.url, await this.kernel(), limitMs);
  }

  /** A button of the notebook's toolbar, by the name of its item. */
  toolbar(name) {
    return this.page
      .locator(
        `.jp-NotebookPanel-toolbar [data-jp-item-name="${name}"] jp-button, .jp-NotebookPanel-toolbar [data-jp-item-name="${name}"] button`,
      )
      .first();
  }

  /** Restarts the kernel without the dialog that asks. */
  async restart() {
    await this.page.evaluate(async () => {
      const app = window.jupyterapp ?? window.jupyterlab;
      const [panel] = [...app.shell.widgets('main')].filter((widget) => widget.sessionContext);
      await panel.sessionContext.session.kernel.restart();
    });
    await this.idle();
  }

  /** Runs every cell and waits for the last to end, or for an error. */
  async runAll(limitMs = 60_000) {
    await this.idle();
    await this.page.click('.jp-Notebook .jp-Cell >> nth=0');
    await this.command('notebook:run-all-cells', {}, limitMs);
    await this.page.waitForFunction(
      () =>
        document.querySelector('[data-mime-type="application/vnd.jupyter.error"]') !== null ||
        [...document.querySelectorAll('.jp-CodeCell')]
          .filter((cell) => cell.querySelector('.cm-content')?.textContent.trim())
          .every((cell) => /\[\d+\]/.test(cell.querySelector('.jp-InputPrompt').textContent)),
      undefined,
      { timeout: limitMs },
    );
    await this.idle(limitMs);
  }

  /** Waits until each chart on the page has been drawn. */
  async charts(count, limitMs = 30_000) {
    await this.page.waitForFunction(
      (least) => document.querySelectorAll('.hn-plot[data-drawn] .main-svg').length >= least,
      count,
      { timeout: limitMs },
    );
  }

  /** Errors of the page that are about us or about nobody in particular. */
  problems() {
    return this.errors.filter((text) => !FOREIGN.some((pattern) => pattern.test(text)));
  }

  /** Saves what is seen, or one element, as `build/screenshots/<name>.png`. */
  async screenshot(name, selector) {
    const path = join(buildDir, 'screenshots', `${name}.png`);
    mkdirSync(dirname(path), { recursive: true });
    if (selector === undefined) await this.page.screenshot({ path });
    else await this.page.locator(selector).first().screenshot({ path });
    return path;
  }

  close() {
    return this.page.close();
  }
}
