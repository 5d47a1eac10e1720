import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { MAIN, pythonIn } from '../../installation';
import { readConnection, type Connection } from '../../jupyter/transport/connection';
import { kernelspec } from '../kernelspec';
import { jupyterFolders } from '../../doctor/places';
import { isObject } from './json';

/** How to start a kernel. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly language: string;
  readonly displayName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly interruptsBySignal: boolean;
}

/** This package's own kernel, or the one that Jupyter knows by `name`. Throws `unknown-kernel`. */
export function findKernel(
  name?: string,
  folders: readonly string[] = jupyterFolders(),
): KernelSpec {
  if (name === undefined) return specOf(kernelspec([process.execPath, MAIN]));
  const parents = folders.map((folder) => join(folder, 'kernels'));
  const file = parents
    .map((folder) => join(folder, name, 'kernel.json'))
    .find((path) => existsSync(path));
  if (file !== undefined)
    return inEnvironment(specOf(JSON.parse(readFileSync(file, 'utf8'))), file);
  const known = parents.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  throw new HalfnoteError(
    'unknown-kernel',
    `Jupyter knows no kernel "${name}"`,
    `It knows: ${[...new Set(known)].join(', ') || 'none'}. Without --kernel, this package's own is used.`,
  );
}

/** A kernelspec that says `python` means that of the environment it lies in. */
function inEnvironment(spec: KernelSpec, file: string): KernelSpec {
  const [command = '', ...args] = spec.argv;
  const python = resolve(dirname(pythonIn(resolve(dirname(file), '../../../..'))), command);
  const isPython = /^python[\d.]*$/.test(command) && existsSync(python);
  return isPython ? { ...spec, argv: [python, ...args] } : spec;
}

function specOf(content: unknown): KernelSpec {
  const spec = isObject(content) ? content : {};
  const { argv, language, display_name: displayName, env, interrupt_mode: mode } = spec;
  return {
    argv: Array.isArray(argv) ? argv.map(String) : [],
    language: typeof language === 'string' ? language.toLowerCase() : '',
    displayName: typeof displayName === 'string' ? displayName : '',
    env: isObject(env) ? (env as Record<string, string>) : {},
    interruptsBySignal: mode !== 'message',
  };
}

export interface KernelProcess {
  readonly child: ChildProcess;
  readonly connection: Connection;
  /** Removes its connection file. */
  cleanUp(): void;
}

export interface StartOptions {
  /** What is typed in the terminal, Ctrl-C too, doesn't reach it: whoever starts it tells it. */
  readonly detached?: boolean;
}

/** Starts a kernel in a folder, on free ports of this machine only. It ends when this process does. */
export async function startProcess(
  spec: KernelSpec,
  cwd: string,
  { detached = false }: StartOptions = {},
): Promise<KernelProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-run-'));
  const file = join(folder, 'connection.json');
  const ports = await freePorts(5);
  const names = ['shell_port', 'control_port', 'iopub_port', 'stdin_port', 'hb_port'];
  const content = {
    transport: 'tcp',
    ip: '127.0.0.1',
    signature_scheme: 'hmac-sha256',
    key: randomUUID(),
    ...Object.fromEntries(names.map((name, i) => [name, ports[i]])),
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  const [command = '', ...args] = spec.argv.map((part) => part.replace('{connection_file}', file));
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...spec.env, JPY_PARENT_PID: String(process.pid) },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached,
  });
  return {
    child,
    connection: readConnection(file),
    cleanUp: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
