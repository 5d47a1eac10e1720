import { Command } from 'commander';
import { HalfnoteError } from '../errors';
import { DEFAULT_NAME } from './kernelspec';
import { seconds } from './numbers';
import { ownVersion } from './own-version';
import { addConvert } from './convert/command';
import { addExport } from './export';
import { addGrade } from './grade/command';
import { addQuantize } from './quantize';
import { addReportCommands } from './report/commands';
import { addSweep } from './sweep/commands';
import { environmentFolder } from '../doctor/places';
import { findInstallation } from '../installation';
import type { KernelPlace } from '../remedies/remedies';
import type { DoctorOptions } from './doctor';
import type { RunOptions } from './run/run';

// What a command needs is loaded when it runs: `kernel` has half a second to its first reply.

interface PlaceOptions {
  readonly user?: boolean;
  /** True: the option without a path. */
  readonly sysPrefix?: string | true;
  readonly prefix?: string;
  readonly name: string;
}

/** The command `halfnote`. `print` takes what a command says on stdout. */
export function createProgram(print: (text: string) => void = console.log): Command {
  const program = new Command('halfnote')
    .description('A Jupyter kernel for TypeScript that measures what numbers cost')
    .version(ownVersion(), '-V, --version', 'print the version')
    // Commands of `sweep` have options of the same names.
    .enablePositionalOptions()
    .showHelpAfterError();

  program
    .command('kernel')
    .description('serve one notebook (Jupyter calls this)')
    .argument('<connection-file>', 'the file that Jupyter wrote')
    .action(async (connectionFile: string) => {
      const { serveKernel } = await import('./kernel.js');
      await serveKernel(connectionFile);
    });

  withPlace(program.command('install').description('make the kernel known to Jupyter')).action(
    async (options: PlaceOptions) => {
      const { installKernelspec } = await import('./kernelspec.js');
      const folder = installKernelspec(placeOf(options), options.name);
      print(`Installed the kernel "${options.name}" in ${folder}`);
      const { makeSnapshot } = await import('../runtime/language/snapshot/make.js');
      // Each kernel starts from it in half the time; without it, the first one makes it at its end.
      await makeSnapshot();
    },
  );

  withPlace(program.command('uninstall').description('make Jupyter forget the kernel')).action(
    async (options: PlaceOptions) => {
      const { uninstallKernelspec } = await import('./kernelspec.js');
      print(`Removed ${uninstallKernelspec(placeOf(options), options.name)}`);
    },
  );

  program
    .command('doctor')
    .description('say what is here and how to get what is missing')
    .option('--json', 'print the facts as JSON')
    .option('--fix', 'run the commands that get what is missing, after asking')
    .option('-y, --yes', 'with --fix: run them without asking')
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./doctor.js');
      await runDoctor(options, print);
    });

  program
    .command('run')
    .description('run a notebook and save it with its outputs')
    .argument('<notebook>', 'the notebook; it runs in its own folder')
    .option('-o, --output <path>', 'save there instead of in place')
    .option('-p, --param <name=value>', 'set a variable of the cell tagged "parameters"', collect)
    .option('--timeout <seconds>', 'interrupt a cell that takes longer, and stop', seconds)
    .option('--kernel <name>', 'a kernel that Jupyter knows, instead of this one')
    .option('--json', 'print what it came to as JSON: metrics, energy, status')
    .addHelpText('after', RUN_HELP)
    .action(async (notebook: string, options: RunOptions & { readonly json?: boolean }) => {
      const { runNotebook } = await import('./run/run.js');
      const { json = false } = options;
      const told = json
        ? (result: object): void => {
            print(JSON.stringify(result, null, 2));
          }
        : undefined;
      await runNotebook(notebook, { ...options, told });
      if (!json) print(`Saved ${options.output ?? notebook}`);
    });

  addSweep(program, print);
  addConvert(program, print);
  addReportCommands(program, print);
  addExport(program, print);
  addQuantize(program, print);
  addGrade(program, print);
  return program;
}

const RUN_HELP = `
Cells run from top to bottom. The run stops at the first one that fails, with its traceback and exit
code 1; what ran until then is saved. A cell tagged "raises-exception" may fail. A parameter's value is
a number, a boolean, JSON, or else a string; it goes into a cell of its own, tagged "injected-parameters".

  halfnote run train.ipynb -o out.ipynb -p epochs=3 -p 'layers=[16, 8]' --timeout 600`;

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function withPlace(command: Command): Command {
  return command
    .option('--user', "into the user's Jupyter folder (the default)")
    .option('--sys-prefix [path]', 'into a Python environment; without a path, the active one')
    .option('--prefix <path>', 'into share/jupyter below this path')
    .option('--name <name>', "the kernel's name", DEFAULT_NAME);
}

/** Throws `no-environment`. */
function activeEnvironment(): string {
  const { VIRTUAL_ENV: virtual, CONDA_PREFIX: conda } = process.env;
  const isWheel = findInstallation().kind === 'wheel';
  const found = (isWheel ? undefined : virtual || conda) ?? environmentFolder();
  if (found !== undefined) return found;
  throw new HalfnoteError(
    'no-environment',
    'No Python environment is active, so --sys-prefix says no place',
    'Activate one, or name it: --sys-prefix <path>.',
  );
}

function placeOf({ user, sysPrefix, prefix }: PlaceOptions): KernelPlace {
  const given = [user === true ? '--user' : undefined, sysPrefix, prefix];
  if (given.filter((place) => place !== undefined).length > 1) {
    throw new HalfnoteError(
      'invalid-argument',
      'Only one of --user, --sys-prefix and --prefix can be given',
    );
  }
  const path = sysPrefix === true ? activeEnvironment() : (sysPrefix ?? prefix);
  return path === undefined ? { kind: 'user' } : { kind: 'prefix', prefix: path };
}
