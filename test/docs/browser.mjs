/** The site in a browser: its search, both themes, a narrow window, and nothing from elsewhere. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { launchChromium } from '../browser/lib/chromium.mjs';
import { serveFolder } from './lib/server.mjs';

const require = createRequire(import.meta.url);
const { MAGICS } = require('../../kernel/dist/magics/table.js');

/** One page of each kind. */
const PAGES = [
  'index.html',
  'docs/magics.html',
  'docs/verdicts.html',
  'api/generation.html',
  'notebooks/index.html',
  'notebooks/quickstart.html',
];
/** What is searched for beside magics, and the heading under which it is. */
const WORDS = { compareDecoders: 'compareDecoders()', 'unknown-format': 'Error codes' };

/** The cases of `runCases` for a built site. */
export function browserCases(site) {
  const withPage = (options, work) => async () => {
    const server = await serveFolder(site);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage(options);
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(server.url) && !url.startsWith('data:'))
          complaints.push(`loads ${url}`);
      });
      await work(page, server.url);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      server.close();
    }
  };
  return {
    'search finds every magic, a function and a code of an error': withPage({}, searches),
    'pages are light and dark': withPage({ colorScheme: 'dark' }, isDark),
    'no page is wider than a telephone, nor loads anything from elsewhere': withPage(
      { viewport: { width: 400, height: 800 } },
      isNarrow,
    ),
  };
}

async function searches(page, url) {
  await page.goto(`${url}/index.html`);
  await page.locator('.VPNavBarSearch button').click();
  const box = page.locator('#localsearch-input');
  await box.waitFor();
  const magics = MAGICS.all.map(({ name }) => [name, `%${name}`]);
  for (const [word, heading] of [...magics, ...Object.entries(WORDS)]) {
    await box.fill(word);
    const hit = page.locator('.VPLocalSearchBox .result').filter({ hasText: heading });
    await hit
      .first()
      .waitFor({ timeout: 30_000 })
      .catch(() => assert.fail(`${word} is not found`));
  }
  await box.fill('kvcache');
  const result = page.locator('.VPLocalSearchBox .result', { hasText: '%kvcache' }).first();
  await result.click();
  await page.waitForURL(/docs\/magics\.html#kvcache$/);
}

async function isDark(page, url) {
  const lightness = () =>
    page.evaluate(() => {
      const [, r, g, b] = /(\d+), (\d+), (\d+)/.exec(
        getComputedStyle(document.body).backgroundColor,
      );
      return (Number(r) + Number(g) + Number(b)) / 3;
    });
  await page.goto(`${url}/docs/magics.html`);
  assert.ok((await lightness()) < 60, 'dark where the system is');
  await page.locator('.VPNavBarAppearance button').click();
  await page.waitForFunction(() => !document.documentElement.classList.contains('dark'));
  assert.ok((await lightness()) > 200, 'light when switched');
}

async function isNarrow(page, url) {
  for (const path of PAGES) {
    await page.goto(`${url}/${path}`);
    await page.waitForLoadState('networkidle');
    const [width, window] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      innerWidth,
    ]);
    assert.ok(width <= window, `${path} is ${width} px wide`);
  }
}
