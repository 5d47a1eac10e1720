import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../browser/lib/chromium.mjs';

/** What the page's margins leave of the width of A4, in CSS pixels: 210 mm - 2 x 15 mm. */
const WIDTH = Math.floor(((210 - 30) / 25.4) * 96);

/** Looks at a page as it is printed: nothing may stand beyond the paper or within a box that scrolls. */
export async function isPrintedWhole(path) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 1000 } });
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.emulateMedia({ media: 'print' });
    await page.goto(pathToFileURL(path).href);
    const cut = await page.evaluate((width) => {
      const name = (element) => `${element.tagName} "${element.textContent.trim().slice(0, 40)}"`;
      return [...document.body.querySelectorAll('*')]
        .filter((element) => !(element instanceof SVGElement) || element.tagName === 'svg')
        .filter((element) => {
          const { right, left } = element.getBoundingClientRect();
          const hides = getComputedStyle(element).overflowX !== 'visible';
          return (
            right > width + 1 ||
            left < -1 ||
            (hides && element.tagName !== 'svg' && element.scrollWidth > element.clientWidth + 1)
          );
        })
        .map(name);
    }, WIDTH);
    assert.deepEqual(cut, []);
    assert.deepEqual(requests, [pathToFileURL(path).href]);
  } finally {
    await browser.close();
  }
}
