import { join } from 'node:path';
import { runPackageManager } from '../lib/network.mjs';
import { root } from '../lib/paths.mjs';
import { digest, runSteps } from '../lib/steps.mjs';
import { siteFolder } from './folders.mjs';

/** Installs what makes the site, in its own folder: nothing else needs it. */
export async function installSitePackages({ quiet = true } = {}) {
  const at = (name) => join(siteFolder, name);
  const step = {
    name: 'packages of docs/site',
    key: () => digest([], [at('package.json'), at('package-lock.json')]),
    outputs: [at('node_modules/vitepress'), at('node_modules/typedoc')],
    run: async () => {
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
      await runPackageManager('npm registry', 'npm config list', 'npm', args, { cwd: siteFolder });
    },
  };
  await runSteps([step], { stamps: join(root, '.setup'), quiet });
}
