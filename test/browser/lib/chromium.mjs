import { spawnSync } from 'node:child_process';
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

/** The browser named by `HALFNOTE_CHROMIUM`, else an installed one, else the package manager's. */
export function findChromium() {
  const named = process.env.HALFNOTE_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`HALFNOTE_CHROMIUM names ${named}, which is not there.`);
  }
  const found = installedChromium() ?? (aptInstalls() ? installedChromium() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium was found. Install one (Debian and Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install ' +
      'chromium; macOS: brew install --cask chromium), or name one in HALFNOTE_CHROMIUM.',
  );
}

function installedChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), MAC];
  return places.find((place) => existsSync(place));
}

/** Where it may be done without asking, in a container or in CI, apt installs Chromium. */
function aptInstalls() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('No Chromium was found: apt-get install chromium');
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'ignore' }).status === 0;
  return apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium');
}
