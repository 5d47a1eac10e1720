import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../../../scripts/lib/paths.mjs';

const pdf = createRequire(import.meta.url)(join(root, 'kernel/dist/cli/report/pdf.js'));

/** The Chromium that `halfnote report` prints with; undefined where there is none. */
export const installedChromium = pdf.findChromium;

/** A headless browser without a profile and without traffic of its own. */
export function launchChromium() {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...pdf.HEADLESS],
  });
}

/** The browser that `halfnote report` prints with, else the package manager's. */
export function findChromium() {
  const found = installedChromium() ?? (aptInstalls() ? installedChromium() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium was found. Install one (Debian and Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install ' +
      'chromium; macOS: brew install --cask chromium), or name one in HALFNOTE_CHROMIUM.',
  );
}

/** Where it may be done without asking, in a container or in CI, apt installs Chromium. */
function aptInstalls() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('No Chromium was found: apt-get install chromium');
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'ignore' }).status === 0;
  return apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium');
}
