import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 60_000;
const TOKEN = 'of-the-test';

/**
 * Starts what the image starts, in a home of its own and with the programs of an environment, and stops it.
 * @param {object} options
 * @param {readonly string[]} options.command
 * @param {string} options.bin the folder of the environment's programs
 * @param {(lab: {home: string, port: number, env: NodeJS.ProcessEnv, get: (path: string, token?: string) => Promise<Response>, token: string}) => Promise<T>} use
 * @returns {Promise<T>} @template T
 */
export async function withLab({ command, bin }, use) {
  const home = mkdtempSync(join(tmpdir(), 'halfnote-channels-'));
  const port = await freePort();
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    JUPYTER_TOKEN: TOKEN,
    JUPYTER_PORT: String(port),
  };
  // The image's user isn't root; whoever runs tests in a container often is.
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const [program, ...args] = [...command, ...asRoot];
  const child = spawn(program, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(`it ended with ${code}`));
  });
  const get = (path, token) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      headers: token === undefined ? {} : { Authorization: `token ${token}` },
    });
  try {
    await Promise.race([
      answers(() => get('/api')),
      ended.then((why) => Promise.reject(new Error(`${program}: ${why}\n${said}`))),
    ]);
    return await use({ home, port, env, get, token: TOKEN });
  } finally {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function answers(ask) {
  const end = performance.now() + START_MS;
  for (;;) {
    const response = await ask().catch(() => undefined);
    if (response?.ok) return;
    if (performance.now() > end) throw new Error(`no answer after ${START_MS / 1000} s`);
    await sleep(200);
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
