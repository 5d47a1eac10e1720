import assert from 'node:assert/strict';

/** The cells of the open notebook, by number. */
export class Cells {
  #frontend;
  #page;

  constructor(frontend) {
    this.#frontend = frontend;
    this.#page = frontend.page;
  }

  #at(number) {
    return this.#page.locator(`.jp-Notebook .jp-CodeCell >> nth=${number}`);
  }

  /** Replaces the text of a cell and leaves the cursor at its end. */
  async write(number, text) {
    await this.#at(number).locator('.cm-content').click();
    await this.#page.keyboard.press('Control+a');
    await this.#page.keyboard.press('Delete');
    await this.#page.keyboard.insertText(text);
  }

  async start(number) {
    await this.#at(number).locator('.cm-content').click();
    await this.#frontend.command('notebook:clear-cell-output');
    // Not awaited: the command ends with the cell.
    await this.#page.evaluate(() => {
      void (window.jupyterapp ?? window.jupyterlab).commands.execute('notebook:run-cell');
    });
    await this.#page.waitForTimeout(50);
  }

  async run(number) {
    await this.start(number);
    await this.ended(number);
  }

  /** Waits until a cell that was started has its number. */
  async ended(number, limitMs = 60_000) {
    const prompt = this.#at(number).locator('.jp-InputPrompt');
    await prompt.filter({ hasText: /\[\d+\]/ }).waitFor({ timeout: limitMs });
  }

  async has(number, pattern) {
    const text = () => this.#at(number).locator('.cm-content').textContent();
    for (let tries = 0; tries < 50 && !pattern.test(await text()); tries++)
      await this.#page.waitForTimeout(100);
    assert.match(await text(), pattern);
  }

  /** What of a cell is drawn as magics. */
  magic(number) {
    return this.#at(number).locator('.cm-content .hn-magic-name');
  }

  /** The text of a cell's outputs, without the prompts. */
  async output(number) {
    const outputs = await this.#at(number).locator('.jp-OutputArea-output').allTextContents();
    return outputs.join('\n').trim();
  }
}
