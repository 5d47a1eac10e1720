import { Frontend } from '../../test/browser/lib/frontend.mjs';

export const VIEWS_FILE = 'views.ipynb';
const RUN_LIMIT_MS = 300_000;

/** The cells of `notebooks/views.ipynb` that show a view, by how they begin. */
export const VIEWS = {
  'training-run': '%gradients on',
  'gradient-ranges': '%gradients show --as',
  'gradient-comparison': '%gradients show --against',
  'loss-scale': 'lossScaler()',
  inspector: '%inspect',
  'precision-table': '%compare',
  quantize: '%quantize',
  weights: '%weights',
  graph: '%graph',
  sensitivity: '%sensitivity',
  explain: '%explain',
  memory: '%memory',
  'kv-cache': '%kvcache',
  cost: '%cost',
  roofline: '%roofline',
  carbon: '%carbon report',
  doctor: '%doctor',
};

/** The notebook with every view, run and saved, in JupyterLab. */
export async function runViews(browser, server) {
  const options = { app: 'lab', file: VIEWS_FILE, height: 1200 };
  const frontend = await Frontend.open(browser, server, options);
  await frontend.runAll(RUN_LIMIT_MS);
  const { page } = frontend;
  const errors = await page.$$eval('[data-mime-type="application/vnd.jupyter.error"]', (outputs) =>
    outputs.map((output) => output.textContent.slice(0, 500)),
  );
  if (errors.length > 0) throw new Error(`${VIEWS_FILE} failed:\n${errors.join('\n')}`);
  await frontend.command('docmanager:save');
  return frontend;
}

/** Each view of a page that shows the notebook, as a locator of its outputs. */
export function viewsOf(page) {
  return Object.entries(VIEWS).map(([name, source]) => [
    name,
    page
      .locator('.jp-CodeCell')
      .filter({ has: page.locator('.cm-content', { hasText: new RegExp(`^${escaped(source)}`) }) })
      .first()
      .locator('.jp-OutputArea-child:has(.halfnote, .hn-view)')
      .first(),
  ]);
}

/** Scrolls through the page, so that charts which are drawn when they are seen are. */
export async function drawAll(page) {
  for (const [, view] of viewsOf(page)) {
    await view.scrollIntoViewIfNeeded({ timeout: 20_000 });
    await page.waitForTimeout(500);
  }
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\%]/g, '\\$&');
}
