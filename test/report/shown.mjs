import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../browser/lib/chromium.mjs';

/** Pixels of CSS: what the page's margins leave of the width of A4, 210 mm - 2 x 15 mm; and windows. */
const VIEWPORTS = [
  { media: 'print', width: Math.floor(((210 - 30) / 25.4) * 96) },
  { media: 'screen', width: 900 },
  { media: 'screen', width: 400, mayScroll: true },
];

/**
 * Looks at a page as it is printed, and in a wide and a narrow window: nothing may stand beyond the page or,
 * but for tables in the narrow one, in a box that scrolls, nor text of a picture beyond the picture.
 * @returns what was looked at: the numbers of tables and pictures
 */
export async function isShownWhole(path) {
  const browser = await launchChromium();
  try {
    const url = pathToFileURL(path).href;
    const page = await browser.newPage();
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    for (const { media, width, mayScroll = false } of VIEWPORTS) {
      await page.setViewportSize({ width, height: 1000 });
      await page.emulateMedia({ media });
      assert.deepEqual(await page.evaluate(cutIn, { width, mayScroll }), [], `${media}, ${width}`);
    }
    assert.deepEqual(requests, [url]);
    return await page.evaluate(() => ({
      tables: document.querySelectorAll('table').length,
      pictures: document.querySelectorAll('svg, img').length,
    }));
  } finally {
    await browser.close();
  }
}

/** Runs in the page: names what is cut there. */
function cutIn({ width, mayScroll }) {
  const inScroller = (element) => mayScroll && element.closest('div[style*="overflow"]') !== null;
  const beyond = ({ left, right }, from, to) => right > to + 1 || left < from - 1;
  const isCut = (element) => {
    if (inScroller(element)) return false;
    const box = element.getBoundingClientRect();
    if (element.tagName === 'text') {
      const picture = element.ownerSVGElement.getBoundingClientRect();
      return beyond(box, picture.left, picture.right);
    }
    if (element instanceof SVGElement) return element.tagName === 'svg' && beyond(box, 0, width);
    const hides = getComputedStyle(element).overflowX !== 'visible';
    return beyond(box, 0, width) || (hides && element.scrollWidth > element.clientWidth + 1);
  };
  return [...document.body.querySelectorAll('*')]
    .filter(isCut)
    .map((element) => `${element.tagName} "${element.textContent.trim().slice(0, 40)}"`);
}
