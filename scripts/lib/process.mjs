import { spawn } from 'node:child_process';
import { startOf } from './programs.mjs';

/**
 * Runs a program to its end. Rejects with its last lines when it fails, so that a set-up step can
 * say in one place what went wrong.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean}} [options] `show` passes the output through.
 * @returns {Promise<string>} what it printed
 */
export function run(command, args, { cwd, env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const start = startOf(command, args);
    const child = spawn(start.command, start.args, {
      cwd,
      env,
      shell: start.shell,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const tail = output.trimEnd().split('\n').slice(-15).join('\n');
      const error = new Error(
        `${command} ${args[0] ?? ''} ended with ${signal ?? code}\n${tail}`.trimEnd(),
      );
      reject(Object.assign(error, { output, code }));
    });
  });
}

/** The output of a program, or undefined when it is missing or fails. */
export async function probe(command, args) {
  try {
    return (await run(command, args)).trim();
  } catch {
    return undefined;
  }
}
