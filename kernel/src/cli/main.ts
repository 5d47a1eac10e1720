#!/usr/bin/env node
import { resolve } from 'node:path';
import { Command } from 'commander';
import { HalfnoteError } from '../errors';
import type { Place } from './kernelspec';

// What a command needs is loaded when it runs: `kernel` has half a second to its first reply.

interface PlaceOptions {
  readonly user?: boolean;
  readonly sysPrefix?: string;
  readonly prefix?: string;
  readonly name: string;
}

const program = new Command('halfnote')
  .description('A Jupyter kernel for TypeScript that measures what numbers cost')
  .showHelpAfterError();

program
  .command('kernel')
  .description('serve one notebook (Jupyter calls this)')
  .argument('<connection-file>', 'the file that Jupyter wrote')
  .action(async (connectionFile: string) => {
    const { runKernel } = await import('./kernel.js');
    await runKernel(connectionFile);
    // Whatever still holds the event loop, a front end waits for our end.
    process.exit(0);
  });

withPlace(program.command('install').description('make the kernel known to Jupyter')).action(
  async (options: PlaceOptions) => {
    const { installKernelspec } = await import('./kernelspec.js');
    const folder = installKernelspec(placeOf(options), options.name, resolve(__filename));
    console.log(`Installed the kernel "${options.name}" in ${folder}`);
  },
);

withPlace(program.command('uninstall').description('undo install')).action(
  async (options: PlaceOptions) => {
    const { uninstallKernelspec } = await import('./kernelspec.js');
    console.log(`Removed ${uninstallKernelspec(placeOf(options), options.name)}`);
  },
);

program
  .command('doctor')
  .description('say what is here and how to get what is missing')
  .option('--json', 'print the facts as JSON')
  .action(async (options: { readonly json?: boolean }) => {
    const { doctor } = await import('./doctor.js');
    const report = await doctor();
    console.log(options.json === true ? JSON.stringify(report, null, 2) : String(report));
  });

function withPlace(command: Command): Command {
  return command
    .option('--user', "into the user's Jupyter folder (the default)")
    .option('--sys-prefix <path>', 'into the environment at this path')
    .option('--prefix <path>', 'the same as --sys-prefix')
    .option('--name <name>', "the kernel's name", 'halfnote');
}

function placeOf({ user, sysPrefix, prefix }: PlaceOptions): Place {
  const prefixes = [sysPrefix, prefix].filter((path) => path !== undefined);
  const [path] = prefixes;
  if (prefixes.length + (user === true ? 1 : 0) > 1) {
    throw new HalfnoteError(
      'bad-argument',
      'Only one of --user, --sys-prefix and --prefix can be given',
    );
  }
  return path === undefined ? { kind: 'user' } : { kind: 'prefix', prefix: path };
}

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof HalfnoteError;
  console.error(known ? error.message : error);
  process.exitCode = 1;
});
