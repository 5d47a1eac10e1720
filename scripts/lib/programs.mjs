import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, win32 } from 'node:path';
import { root } from './paths.mjs';

/** What npm brings as scripts of a shell where commands are no files that can be started. */
const SHELL_SCRIPTS = ['npm', 'npx'];

/**
 * How a command is started: on Windows npm is a batch file, which only a shell runs, and a shell takes
 * arguments apart at their spaces.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{command: string, args: readonly string[], shell: boolean}}
 */
export function startOf(command, args, platform = process.platform) {
  if (platform !== 'win32' || !SHELL_SCRIPTS.includes(command))
    return { command, args, shell: false };
  const quoted = args.map((arg) => (/[\s&|<>^()]/.test(arg) ? `"${arg}"` : arg));
  return { command: `${command}.cmd`, args: quoted, shell: true };
}

/**
 * How a process that leads others is ended with all of them; undefined where its group is sent a signal.
 * @returns {readonly string[] | undefined} a command
 */
export function treeKiller(pid, platform = process.platform) {
  return platform === 'win32' ? ['taskkill', '/pid', String(pid), '/t', '/f'] : undefined;
}

/** The script of a command that an npm package brings: what `.bin` has of it is for shells. */
export function scriptOf(name, command = name) {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/**
 * What stands for a command in a folder of commands, as npm makes it: a link to its script, or on Windows,
 * where links take a right of their own, a batch file.
 * @returns {{file: string, link: string} | {file: string, text: string}}
 */
export function commandFile(folder, name, script, platform = process.platform) {
  if (platform !== 'win32') {
    const file = join(folder, name);
    return { file, link: relative(folder, script) };
  }
  const path = win32.relative(folder, script);
  return { file: `${join(folder, name)}.cmd`, text: `@node "%~dp0\\${path}" %*\r\n` };
}

/** Does for a command that is only there after the build what npm does for a package's `bin`. */
export function putCommand(folder, name, script) {
  const { file, link, text } = commandFile(folder, name, script);
  chmodSync(script, 0o755);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  if (link === undefined) writeFileSync(file, text);
  else symlinkSync(link, file);
}
