import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { jupyterEnvironment, programsOf, root, venv } from '../../../scripts/lib/paths.mjs';

const START_LIMIT_MS = 60_000;

/**
 * Starts a Jupyter server that serves JupyterLab and Notebook 7 on the files of `folder`, with
 * fresh settings, on a free port; with a `locale`, in its language where packages have it. The Jupyter is
 * that of `environment`; what it is to find elsewhere, `env` says.
 */
export async function startServer(folder, { locale, environment = venv, env = {} } = {}) {
  const state = mkdtempSync(join(tmpdir(), 'halfnote-browser-'));
  settle(join(state, 'settings'));
  const language = locale === undefined ? {} : speak(locale, state);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    join(programsOf(environment), 'jupyter'),
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
        ...jupyterEnvironment(environment),
        ...language,
        ...env,
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

/**
 * JupyterLab set to a language: our Python package as it is installed, with its words, and a language pack
 * without any, since JupyterLab takes up no language that has none.
 */
function speak(locale, state) {
  const setting = join(state, 'settings', '@jupyterlab', 'translation-extension');
  mkdirSync(setting, { recursive: true });
  writeFileSync(join(setting, 'plugin.jupyterlab-settings'), JSON.stringify({ locale }));
  const packages = join(state, 'packages');
  const install = (name, entryPoints) => {
    const info = join(packages, `${name}-0.1.0.dist-info`);
    mkdirSync(info, { recursive: true });
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 0.1.0\n`);
    writeFileSync(join(info, 'entry_points.txt'), entryPoints);
  };
  const pack = `language_pack_${locale}`;
  mkdirSync(join(packages, pack), { recursive: true });
  writeFileSync(join(packages, pack, '__init__.py'), '');
  install(pack, `[jupyterlab.languagepack]\n${locale} = ${pack}\n`);
  const project = readFileSync(join(root, 'pyproject.toml'), 'utf8');
  const ours = /\[project\.entry-points\."jupyterlab\.locale"\]\n(.+)\n/.exec(project)?.[1];
  install('halfnote_lab', `[jupyterlab.locale]\n${ours?.replaceAll('"', '')}\n`);
  return { PYTHONPATH: [packages, join(root, 'extension')].join(delimiter) };
}

/** The server's running kernels; none while the server cannot tell, as when one is ending. */
async function kernels(url) {
  const response = await fetch(`${url}/api/kernels`);
  return response.ok ? response.json() : [];
}

/** Waits until a kernel has nothing to do. */
export async function idleKernel(url, id, limitMs = 60_000) {
  const start = Date.now();
  for (let quiet = 0; quiet < 3; await sleep(150)) {
    const kernel = (await kernels(url)).find((one) => one.id === id);
    quiet = kernel?.execution_state === 'idle' ? quiet + 1 : 0;
    if (Date.now() - start > limitMs)
      throw new Error(
        `The kernel is not idle after ${limitMs / 1000} s: ${JSON.stringify(kernel)}`,
      );
  }
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
