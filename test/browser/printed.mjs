import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jupyterEnvironment, venvBin } from '../../scripts/lib/paths.mjs';

/** A4 at 96 dots an inch, less margins of 12 mm. */
const PAPER = { width: 703, height: 1032 };

/**
 * A notebook that has run, as nbconvert writes it, on paper: what JupyterLab's own Print shows too.
 * @param {{folder: string, file: string}} options where the notebook was saved
 */
export async function printedPage(suite, browser, { folder, file }) {
  suite.at(`${file} by nbconvert, on paper`);
  const options = ['nbconvert', '--to', 'html', join(folder, file)];
  execFileSync(join(venvBin, 'jupyter'), options, { env: jupyterEnvironment(), stdio: 'pipe' });
  const page = await browser.newPage({ viewport: PAPER });
  try {
    await page.goto(pathToFileURL(join(folder, file.replace('.ipynb', '.html'))).href);
    await page.emulateMedia({ media: 'print' });
    await suite.check('cuts no cell of a table and no picture', async () => {
      const [seen, cut] = await page.$$eval('.halfnote', (outputs) => {
        const parts = outputs.flatMap((output) => {
          const { right } = output.closest('.jp-OutputArea-output').getBoundingClientRect();
          return [...output.querySelectorAll('th, td, img')].map((part) => ({ part, right }));
        });
        const over = parts.filter(
          ({ part, right }) => part.getBoundingClientRect().right > right + 1,
        );
        const said = ({ part }) =>
          `${part.closest('.halfnote').textContent.slice(0, 60)}: ${part.textContent || part.alt}`;
        return [parts.length, over.map(said)];
      });
      assert.ok(seen > 200, `only ${seen} cells and pictures`);
      assert.deepEqual(cut, []);
    });
    await suite.check('lets an output begin on a page and end on the next', async () => {
      const kept = await page.$$eval(
        '.jp-OutputArea-child:has(.halfnote)',
        (outputs) =>
          outputs.filter((output) => getComputedStyle(output).breakInside !== 'auto').length,
      );
      assert.equal(kept, 0);
    });
  } finally {
    await page.close();
  }
}
