import type { Command } from 'commander';
import { HalfnoteError } from '../../errors';
import { index, seconds, wholeNumber } from '../numbers';
import type { OnePointOptions } from './one-point';
import type { TableOptions } from './table';

// What a command needs is loaded when it runs.

interface SweepFlags {
  readonly param?: readonly string[];
  readonly to?: string;
  readonly scheduler: string;
  readonly workers?: number;
  readonly clusterOptions?: string;
  readonly wait: boolean;
  readonly timeout?: number;
}

/** `halfnote sweep` and what can be done with a sweep. */
export function addSweep(program: Command, print: (text: string) => void): void {
  const sweep = withScheduler(
    program
      .command('sweep')
      .description('run a notebook once for each combination of parameters')
      .argument('[notebook]', 'the notebook; it runs in its own folder and is not altered')
      .option('-p, --param <name=values>', 'a parameter and its values: a,b or 1..5', collect)
      .option('--to <folder>', "the sweep's folder")
      .option('--timeout <seconds>', 'end a point whose cell takes longer', seconds),
  )
    .addHelpText('after', SWEEP_HELP)
    .action(async (notebook: string | undefined, flags: SweepFlags) => {
      const { to } = flags;
      if (notebook === undefined || to === undefined) throw incomplete();
      const { runSweep } = await import('./sweep.js');
      await runSweep(notebook, { ...flags, to }, { print });
    });

  sweep
    .command('status')
    .description('say where a sweep stands, and why points failed')
    .argument('<folder>', "the sweep's folder")
    .option('--json', 'print it as JSON')
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      const { sweepStatus } = await import('./status.js');
      sweepStatus(folder, options, print);
    });

  sweep
    .command('table')
    .description('compare the points of a sweep, with intervals over repetitions')
    .argument('<folder>', "the sweep's folder")
    .option('--to <file>', 'write it there, as .csv, .json or .ipynb, instead of printing it')
    .option('--over <names>', 'the parameters that repeat a run, instead of seed, trial or fold')
    .action(async (folder: string, options: TableOptions) => {
      const { sweepTable } = await import('./table.js');
      await sweepTable(folder, options, print);
    });

  sweep
    .command('point')
    .description('run one point of a sweep (tasks of schedulers call this)')
    .argument('<folder>', "the sweep's folder")
    .requiredOption('--index <i>', "the point's place in the plan, from 0", index)
    .option('--workers <n>', 'points that run on this machine meanwhile', wholeNumber)
    .action(async (folder: string, options: OnePointOptions) => {
      const { runOnePoint } = await import('./one-point.js');
      await runOnePoint(folder, options, print);
    });

  withScheduler(
    sweep
      .command('retry')
      .description('run the failed points of a sweep again, and those that have not run')
      .argument('<folder>', "the sweep's folder"),
  ).action(async (folder: string, flags: SweepFlags) => {
    const { retrySweep } = await import('./sweep.js');
    await retrySweep(folder, flags, { print });
  });
}

function withScheduler(command: Command): Command {
  return command
    .option(
      '--scheduler <name>',
      'what runs the points: local, slurm, dask, dask:<address> or dask:<class of a cluster>',
      'local',
    )
    .option('--cluster-options <json>', 'keyword arguments of the class of a cluster')
    .option('--no-wait', 'return once a scheduler has the points')
    .option('--workers <n>', 'points at a time; as many as cores when not given', wholeNumber);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function incomplete(): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    'A sweep needs a notebook, its parameters and a folder',
    'halfnote sweep train.ipynb -p format=fp32,bf16 -p seed=1..5 --to out',
  );
}

const SWEEP_HELP = `
The parameters are variables of the notebook's cell tagged "parameters". Values: a,b,c; ranges 1..5 and
1..9:2; JSON such as [16,8],[32]. Each point's notebook is kept in the folder; a point that has finished is
never run again, and the same command goes on with what is left. Exit code 1 where a point failed.

  halfnote sweep train.ipynb -p format=fp32,bf16 -p seed=1..5 --to out
  halfnote sweep status out`;
