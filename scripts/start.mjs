#!/usr/bin/env node
/** `npm start`: sets up and opens JupyterLab on the quickstart. Arguments go to JupyterLab. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { jupyterEnvironment, root, venvBin } from './lib/paths.mjs';
import { main, setup } from './setup.mjs';

await main(async () => {
  await setup();
  const lab = spawn(
    join(venvBin, 'jupyter'),
    ['lab', 'notebooks/quickstart.ipynb', ...process.argv.slice(2)],
    {
      cwd: root,
      env: jupyterEnvironment(),
      stdio: 'inherit',
    },
  );
  // JupyterLab asks on the first Ctrl-C; it gets the signal itself, as part of the terminal's group.
  process.on('SIGINT', () => {});
  lab.on('close', (code) => (process.exitCode = code ?? 1));
});
