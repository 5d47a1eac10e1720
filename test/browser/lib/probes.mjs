import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const require = createRequire(import.meta.url);

/** The built extension's file that holds plotly. */
export function plotlyFile() {
  const folder = join(root, 'extension/halfnote_lab/labextension/static');
  const found = readdirSync(folder).filter(
    (name) =>
      name.endsWith('.js') && readFileSync(join(folder, name), 'utf8').includes('plotly.js'),
  );
  const [file] = found;
  assert.ok(file, `No file of ${folder} holds plotly.`);
  return file;
}

/** The files behind addresses, with their sizes as the server keeps them. */
export function bytesOf(urls) {
  return Promise.all(
    [...new Set(urls)].map(async (url) => {
      const text = await (await fetch(url)).text();
      return { url, text, bytes: Buffer.byteLength(text) };
    }),
  );
}

/** The rules of axe that our outputs break, as text. */
export async function accessibilityProblems(page, selector) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate(async (scope) => {
    const { violations, passes } = await window.axe.run(
      { include: [[scope]] },
      { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] },
    );
    if (passes.length < 5) throw new Error(`axe found only ${passes.length} rules to apply`);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 200)}\n${failureSummary}`,
      ),
    );
  }, selector);
  return found;
}

/** Rows of a view's main table, the one that needn't be opened, as text. */
export function tableRows(page, view) {
  return page.$$eval(`.hn-${view} .hn-table tbody tr:not(details tr)`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  );
}
