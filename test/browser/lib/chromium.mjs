import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A headless browser without a profile and without traffic of its own. */
export function launchChromium() {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The browser named by `HALFNOTE_CHROMIUM`, else an installed one. */
export function findChromium() {
  const named = process.env.HALFNOTE_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`HALFNOTE_CHROMIUM names ${named}, which is not there.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), MAC];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium was found. Install one (Debian and Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install ' +
      'chromium; macOS: brew install --cask chromium), or name one in HALFNOTE_CHROMIUM.',
  );
}
