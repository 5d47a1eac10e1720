import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const extension = join(root, 'extension');
const require = createRequire(join(extension, 'package.json'));

/** The built extension's renderers and `page.mjs` as one script. @returns {Promise<string>} its text */
export async function directScript() {
  const { rspack } = createRequire(require.resolve('@jupyter/builder/package.json'))(
    '@rspack/core',
  );
  const { resolve, module } = require('./rspack.config.js');
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-direct-'));
  const here = join(root, 'test/browser/direct');
  try {
    await new Promise((done, fail) => {
      rspack(
        {
          mode: 'production',
          optimization: { minimize: false },
          context: extension,
          entry: join(here, 'page.mjs'),
          output: { path: folder, filename: 'direct.js', asyncChunks: false },
          // The page has the styles already.
          module: { rules: [...module.rules, { test: /\.css$/, type: 'asset/source' }] },
          resolve: {
            ...resolve,
            alias: {
              ...resolve.alias,
              'plotly.js-cartesian-dist-min$': join(here, 'plotly.mjs'),
            },
          },
        },
        (error, stats) => {
          if (error) fail(error);
          else if (stats.hasErrors()) fail(new Error(stats.toString({ all: false, errors: true })));
          else done();
        },
      );
    });
    return readFileSync(join(folder, 'direct.js'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
