import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../../../scripts/lib/process.mjs';

const require = createRequire(import.meta.url);
const ifRun = join(dirname(require.resolve('@grnsft/if/package.json')), 'build/if-run/index.js');

/**
 * Has Impact Framework compute each manifest into `computed.yaml` beside it; what is in there a Python judge
 * looks at. Its exit code says nothing: it ends with 0 when it has failed.
 */
export async function computeManifests(folder, tell) {
  for (const name of readdirSync(folder)) {
    const place = join(folder, name, 'impact-framework');
    const output = join(place, 'computed');
    const said = await run(process.execPath, [
      ifRun,
      '--manifest',
      join(place, 'manifest.yml'),
      '--output',
      output,
    ]).catch((error) => error.message);
    const warned = /warn|error/i.exec(said) !== null;
    const made = existsSync(`${output}.yaml`);
    tell(`${name}: if-run says nothing against the manifest`, made && !warned ? undefined : said);
  }
}
