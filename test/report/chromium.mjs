import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const require = createRequire(import.meta.url);

/** The Chromium that `halfnote report` prints with; undefined where there is none. */
export function installedChromium() {
  return require(join(root, 'kernel/dist/cli/report/pdf.js')).findChromium();
}
