/** A live kernel and what is asked of it from outside. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../kernel/dist/cli/main.js');
export const KEY = 'fuzz-key';

/** Starts a kernel on free ports. */
export async function startKernel() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-fuzz-'));
  const file = join(folder, 'connection.json');
  const names = ['shell', 'control', 'iopub', 'stdin', 'hb'];
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, i) => [name, free[i]]));
  const named = Object.fromEntries(names.map((name) => [`${name}_port`, ports[name]]));
  const connection = {
    transport: 'tcp',
    ip: '127.0.0.1',
    key: KEY,
    signature_scheme: 'hmac-sha256',
  };
  writeFileSync(file, JSON.stringify({ ...connection, ...named }), { mode: 0o600 });
  const child = spawn(process.execPath, [MAIN, 'kernel', file], {
    cwd: folder,
    env: { ...process.env, HALFNOTE_HISTORY: 'off', JPY_PARENT_PID: String(process.pid) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors = [];
  child.stderr.setEncoding('utf8').on('data', (text) => errors.push(text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    ports,
    errors,
    pid: child.pid,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** Bytes in memory of the kernel process and its children. */
    memory: () => [child.pid, ...childrenOf(child.pid)].reduce((sum, pid) => sum + rss(pid), 0),
    async stop() {
      child.kill('SIGTERM');
      const timeout = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timeout);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve(server.address().port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => statusOf(pid).includes(`\nPPid:\t${parent}\n`))
    .map(Number);
}

function rss(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(statusOf(pid))?.[1] ?? 0) * 1024;
}

function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
