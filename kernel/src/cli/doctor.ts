import { createInterface } from 'node:readline/promises';
import { doctor } from '../doctor/doctor';
import { toBundle } from '../display/display';
import { HalfnoteError } from '../errors';
import { findInstallation, ownCommand } from '../installation';
import { runCommand } from './fix/command-run';
import { fix } from './fix/fix';

/** The options of `halfnote doctor`. */
export interface DoctorOptions {
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly yes?: boolean;
}

/** `halfnote doctor`: prints what it finds, and with `--fix` does something about it. */
export async function runDoctor(
  options: DoctorOptions,
  print: (text: string) => void,
): Promise<void> {
  check(options);
  const report = await doctor();
  const text = String(toBundle(report)['text/plain']);
  print(options.json === true ? JSON.stringify(report, null, 2) : text);
  if (options.fix !== true) return;
  const isGood = await fix(report.findings, {
    print,
    ask: options.yes === true ? () => Promise.resolve(true) : askHere(),
    run: runCommand,
    // A library that this process has loaded, or failed to, stays as it is.
    again: { argv: [...ownCommand(findInstallation()), 'doctor'] },
  });
  if (!isGood) process.exitCode = 1;
}

function check({ json, fix: isFix, yes }: DoctorOptions): void {
  if (isFix === true && json === true)
    throw new HalfnoteError('invalid-argument', 'Only one of --json and --fix can be given');
  if (yes === true && isFix !== true)
    throw new HalfnoteError('invalid-argument', '--yes is for --fix, which is not given');
}

/** Asks on the terminal; undefined without one. */
function askHere(): (() => Promise<boolean>) | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return async () => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return /^y(es)?$/i.test((await terminal.question('Run this? [y/N] ')).trim());
    } finally {
      terminal.close();
    }
  };
}
