import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jupyterEnvironment, venvBin } from '../../../scripts/lib/paths.mjs';

const START_LIMIT_MS = 60_000;

/**
 * Starts a Jupyter server that serves JupyterLab and Notebook 7 on the files of `folder`, with
 * fresh settings, on a free port.
 */
export async function startServer(folder) {
  const state = mkdtempSync(join(tmpdir(), 'halfnote-browser-'));
  settle(join(state, 'settings'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    join(venvBin, 'jupyter'),
    [
      'lab',
      '--no-browser',
      '--allow-root',
      '--ServerApp.ip=127.0.0.1',
      `--port=${port}`,
      '--ServerApp.port_retries=0',
      '--IdentityProvider.token=',
      '--ServerApp.password=',
      '--ServerApp.disable_check_xsrf=True',
      `--ServerApp.root_dir=${folder}`,
      '--LabApp.news_url=None',
      '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
      '--LabApp.expose_app_in_browser=True',
      '--JupyterNotebookApp.expose_app_in_browser=True',
    ],
    {
      env: {
        ...jupyterEnvironment(),
        HOME: state,
        IPYTHONDIR: join(state, 'ipython'),
        JUPYTER_CONFIG_DIR: join(state, 'config'),
        JUPYTER_DATA_DIR: join(state, 'data'),
        JUPYTER_RUNTIME_DIR: join(state, 'runtime'),
        JUPYTERLAB_SETTINGS_DIR: join(state, 'settings'),
        JUPYTERLAB_WORKSPACES_DIR: join(state, 'workspaces'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data));
  const ended = new Promise((resolve) => child.on('exit', resolve));

  async function stop() {
    for (const { id } of await kernels(url).catch(() => []))
      await fetch(`${url}/api/kernels/${id}`, { method: 'DELETE' }).catch(() => undefined);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
    rmSync(state, { recursive: true, force: true });
  }

  const start = Date.now();
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() - start > START_LIMIT_MS) {
      await stop();
      throw new Error(`JupyterLab did not start:\n${log.slice(-3000)}`);
    }
    await sleep(100);
  }
  return { url, stop, log: () => log };
}

/** Answers the question whether to fetch news, which would cover the page. */
function settle(settings) {
  const folder = join(settings, '@jupyterlab', 'apputils-extension');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'notification.jupyterlab-settings'), '{ "fetchNews": "false" }');
}

/** The server's running kernels; none while the server cannot tell, as when one is ending. */
export async function kernels(url) {
  const response = await fetch(`${url}/api/kernels`);
  return response.ok ? response.json() : [];
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function answers(url) {
  try {
    return (await fetch(`${url}/api/status`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
