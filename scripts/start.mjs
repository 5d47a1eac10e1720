#!/usr/bin/env node
/** `npm start`: sets up and opens JupyterLab on the quickstart. Arguments go to JupyterLab. */
import { spawn } from 'node:child_process';
import { jupyterEnvironment, programOf, root, venv } from './lib/paths.mjs';
import { main, setup } from './setup.mjs';

await main(async () => {
  await setup();
  const lab = spawn(
    programOf(venv, 'jupyter'),
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
