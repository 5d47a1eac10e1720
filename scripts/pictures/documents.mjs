import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Frontend } from '../../test/browser/lib/frontend.mjs';
import { buildDir, root } from '../lib/paths.mjs';
import { run } from '../lib/process.mjs';
import { runViews, viewsOf } from './gallery.mjs';

/** What README says of the report: where, in which building. */
const REPORT_OPTIONS = ['--trials', '3', '--region', 'FRA', '--pue', '1.2'];
const PAPER_WIDTH = 794;
/** Charts are drawn when they are seen. */
const DRAWN_MS = 800;
const QUICKSTART_LIMIT_MS = 600_000;

/** The pictures that README and docs show, into `target`. */
export const DOCUMENTS = { views, quickstart, report };

/** Each view by itself, and one in the dark theme. */
async function views(browser, server, target) {
  const gallery = await runViews(browser, server);
  await gallery.command('application:toggle-left-area');
  for (const [name, view] of viewsOf(gallery.page)) await picture(gallery, view, target, name);
  await gallery.theme('dark');
  const ranges = new Map(viewsOf(gallery.page)).get('gradient-ranges');
  await picture(gallery, ranges, target, 'gradients-dark');
  // The server keeps it for whoever comes next.
  await gallery.theme('light');
  await gallery.command('kernelmenu:shutdown');
  await gallery.close();
}

async function picture({ page }, view, target, name) {
  await view.scrollIntoViewIfNeeded();
  await page.waitForTimeout(DRAWN_MS);
  await view.screenshot({ path: join(target, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

/** The quickstart as it is after all of it ran, at the comparison of formats. */
async function quickstart(browser, server, target) {
  const options = { app: 'lab', file: 'quickstart.ipynb', width: 1280, height: 1000 };
  const frontend = await Frontend.open(browser, server, options);
  const { page } = frontend;
  await frontend.runAll(QUICKSTART_LIMIT_MS);
  await page.locator('.hn-precision-table').first().scrollIntoViewIfNeeded();
  await page.waitForTimeout(DRAWN_MS);
  await page.screenshot({ path: join(target, 'quickstart-light.png') });
  await frontend.command('kernelmenu:shutdown');
  await frontend.close();
}

/** The top of a report of a real notebook, as wide as the paper, down to its table of accounts. */
async function report(browser, _server, target) {
  const output = join(buildDir, 'pictures');
  const notebook = join(root, 'notebooks/reports/digits-report.ipynb');
  const command = [join(root, 'kernel/dist/cli/main.js'), 'report', notebook];
  await run(process.execPath, [...command, ...REPORT_OPTIONS, '--no-pdf', '--output', output]);
  const page = await browser.newPage({
    viewport: { width: PAPER_WIDTH, height: 1000 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
  });
  await page.goto(pathToFileURL(join(output, 'digits-report.report.html')).href);
  const table = await page.locator('table').first().boundingBox();
  const height = Math.ceil(table.y + table.height + 16);
  const clip = { x: 0, y: 0, width: PAPER_WIDTH, height };
  await page.screenshot({ path: join(target, 'report-light.png'), clip });
  await page.close();
}
