import { spawn } from 'node:child_process';
import type { Command } from '../../remedies/command';

/** How a command ended: its exit code, or why it didn't run. */
export type Outcome = number | string;

/** Runs a command with this terminal as its own. */
export function runCommand(command: Command): Promise<Outcome> {
  const { file, args, shell } = spawnable(command);
  const child = spawn(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
    ...(command.folder === undefined ? {} : { cwd: command.folder }),
  });
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      resolve(message);
    });
    child.on('exit', (code, signal) => {
      resolve(code ?? `ended by ${signal ?? 'nobody'}`);
    });
  });
}

/** On Windows npm is a script of the shell, which Node.js starts only as such. */
export function spawnable(
  { argv }: Command,
  platform: NodeJS.Platform = process.platform,
): { readonly file: string; readonly args: string[]; readonly shell: boolean } {
  const [file = '', ...args] = argv;
  return { file, args, shell: platform === 'win32' && file === 'npm' };
}
