import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { HalfnoteError } from '../errors';
import { host } from '../host';

export interface NpmOptions {
  readonly saveDev?: boolean;
  readonly ignoreScripts?: boolean;
  /** Where to; this process's folder when not given. */
  readonly folder?: string;
}

/** How npm says that it reached nobody. */
const OFFLINE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;
const UNKNOWN = /\bE404\b/;

/**
 * Runs npm in a folder and prints what it says as it says it. It is ended with the cell.
 * Rejects with `npm-missing`, `offline`, `unknown-package` or `npm-failed`.
 */
export async function npm(
  command: 'install' | 'uninstall',
  packages: readonly string[],
  { saveDev = false, ignoreScripts = false, folder = process.cwd() }: NpmOptions = {},
): Promise<void> {
  const flags = [
    ...(saveDev ? ['--save-dev'] : []),
    ...(ignoreScripts ? ['--ignore-scripts'] : []),
  ];
  console.log(`$ npm ${[command, ...flags, ...packages].join(' ')}    (in ${folder})`);
  // Without the prefix, npm would take the nearest package.json above.
  const quiet = ['--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const args = [command, '--prefix', folder, ...quiet, ...flags, '--', ...packages];
  const { code, said } = await run(args, folder);
  if (code === 0) return;
  const asked = packages.length === 0 ? 'the packages of package.json' : packages.join(', ');
  if (OFFLINE.test(said)) {
    throw new HalfnoteError(
      'offline',
      `npm can't reach its package registry, so ${asked} could not be installed`,
      'Connect to the network, or install from a folder or a .tgz file: %npm install ./package.tgz',
    );
  }
  if (UNKNOWN.test(said)) {
    throw new HalfnoteError('unknown-package', `The registry doesn't have all of: ${asked}`);
  }
  throw new HalfnoteError(
    'npm-failed',
    `npm ${command} ended with code ${code ?? 'none'}`,
    'What it said is above.',
  );
}

/** The npm on PATH; else the one that came with this Node.js, as in a wheel of it. */
export function npmCommand(
  node: string = process.execPath,
  searched: string = process.env['PATH'] ?? '',
  platform: NodeJS.Platform = process.platform,
): { readonly command: string; readonly before: readonly string[]; readonly shell: boolean } {
  const isWindows = platform === 'win32';
  const onPath = searched
    .split(isWindows ? ';' : ':')
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, isWindows ? 'npm.cmd' : 'npm'))
    .find((file) => existsSync(file));
  const modules = isWindows ? 'node_modules' : join('..', 'lib', 'node_modules');
  const script = join(dirname(node), modules, 'npm', 'bin', 'npm-cli.js');
  return onPath === undefined && existsSync(script)
    ? { command: node, before: [script], shell: false }
    : { command: isWindows ? 'npm' : (onPath ?? 'npm'), before: [], shell: isWindows };
}

function run(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const { command, before, shell } = npmCommand();
    const child = spawn(command, [...before, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
      // What packages run as they are installed finds this Node.js, which need not be on PATH.
      env: {
        ...process.env,
        PATH: [process.env['PATH'] ?? '', dirname(process.execPath)].join(delimiter),
      },
    });
    host()?.onCellEnd(() => {
      if (child.exitCode === null) child.kill();
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => process.stdout.write(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      process.stderr.write(chunk);
    });
    child.on('error', (cause) => {
      reject(
        new HalfnoteError(
          'npm-missing',
          `npm can't be started: ${cause.message}`,
          'It comes with Node.js; see that it is in the PATH.',
          { cause },
        ),
      );
    });
    child.on('close', (code) => {
      resolve({ code, said });
    });
  });
}
