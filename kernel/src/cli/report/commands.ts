import type { Command } from 'commander';
import { HalfnoteError } from '../../errors';
import { fraction, number, seconds, wholeNumber } from '../numbers';
import type { MakeReportOptions } from './make';
import type { VerifyOptions } from './verify';

// What a command needs is loaded when it runs.

/** `halfnote report`, `verify` and `diff`. */
export function addReportCommands(program: Command, print: (text: string) => void): void {
  addReport(program, print);
  addVerify(program, print);
  program
    .command('diff')
    .description('say what differs between two reports')
    .argument('<a>', 'a report, as JSON')
    .argument('<b>', 'another one')
    .addHelpText('after', DIFF_HELP)
    .action(async (a: string, b: string) => {
      const [{ readIntactReport }, { diffText }] = await Promise.all([
        import('../../report/read-report.js'),
        import('../../report/diff/text.js'),
      ]);
      print(diffText(readIntactReport(a), readIntactReport(b)));
    });
}

function addReport(program: Command, print: (text: string) => void): void {
  program
    .command('report')
    .description('run a notebook and write what it costs, with all that is needed to repeat it')
    .argument('[notebook]', 'the notebook; it runs in its own folder and is not altered')
    .option('--sweep <folder>', 'join the points of a sweep, and run nothing')
    .option('--trials <n>', 'runs, each in a fresh kernel', wholeNumber, 3)
    .option('-o, --output <folder>', 'write there instead of beside the notebook')
    .option('-p, --param <name=value>', 'set a variable of the cell tagged "parameters"', collect)
    .option('--timeout <seconds>', 'interrupt a cell that takes longer, and stop', seconds)
    .option('--region <code>', 'where the electricity is from: FRA, US-CA, eu-west-1, ...')
    .option('--grid-intensity <g/kWh>', 'instead of a region', number)
    .option('--pue <factor>', 'power usage effectiveness of the building, from 1', number)
    .option('--wue <L/kWh>', 'water usage effectiveness of the site', number)
    .option('--embodied <kg>', 'kgCO2e of making the machine, with --lifetime', number)
    .option('--lifetime <years>', 'years that the machine serves, with --embodied', number)
    .option('--pdf', 'fail where no Chromium is found to print the PDF')
    .option('--no-pdf', 'write no PDF')
    .option('--schema', 'print the JSON Schema of reports, and run nothing')
    .addHelpText('after', REPORT_HELP)
    .action(async (notebook: string | undefined, options: ReportFlags, command: Command) => {
      if (options.schema === true) {
        const { reportJsonSchema } = await import('../../report/json-schema.js');
        print(JSON.stringify(reportJsonSchema(), null, 2));
        return;
      }
      if (options.sweep !== undefined) {
        checkOnlyJoins(notebook, command);
        const { makeSweepReport } = await import('./sweep.js');
        await makeSweepReport(options.sweep, reportOptions(options), print);
        return;
      }
      if (notebook === undefined) throw noNotebook();
      const { makeReportFiles } = await import('./make.js');
      await makeReportFiles(notebook, reportOptions(options), print);
    });
}

/** What a sweep's points ran with is said when they run. */
function checkOnlyJoins(notebook: string | undefined, command: Command): void {
  const given = [
    ...(notebook === undefined ? [] : [notebook]),
    ...['trials', 'param', 'timeout'].flatMap((name) =>
      command.getOptionValueSource(name) === 'cli' ? [`--${name}`] : [],
    ),
  ];
  if (given.length === 0) return;
  throw new HalfnoteError(
    'invalid-argument',
    `--sweep is given with ${given.join(', ')}, but it joins what has run already`,
    'halfnote report --sweep <folder>, or halfnote report <notebook>.',
  );
}

interface ReportFlags {
  readonly sweep?: string;
  readonly trials: number;
  readonly output?: string;
  readonly param?: readonly string[];
  readonly timeout?: number;
  readonly region?: string;
  readonly gridIntensity?: number;
  readonly pue?: number;
  readonly wue?: number;
  readonly embodied?: number;
  readonly lifetime?: number;
  readonly pdf?: boolean;
  readonly schema?: boolean;
}

function reportOptions(flags: ReportFlags): MakeReportOptions {
  const { trials, output, param = [], timeout, region, gridIntensity, pue, wue, pdf } = flags;
  const { embodied, lifetime } = flags;
  if ((embodied === undefined) !== (lifetime === undefined)) {
    throw new HalfnoteError(
      'invalid-argument',
      `--${embodied === undefined ? 'lifetime' : 'embodied'} is given alone`,
      'Both are needed for the share of making the machine: --embodied 300 --lifetime 4.',
    );
  }
  return {
    trials,
    param,
    timeout,
    output,
    pdf,
    carbon: {
      region,
      gridIntensity,
      pue,
      wue,
      embodied:
        embodied === undefined || lifetime === undefined
          ? undefined
          : { deviceKgCO2e: embodied, lifetimeYears: lifetime },
    },
  };
}

function addVerify(program: Command, print: (text: string) => void): void {
  program
    .command('verify')
    .description('check a report: its hashes, its notebook, and its figures by running it again')
    .argument('<report>', 'the report, as JSON')
    .option('--notebook <path>', 'its notebook, where it has been moved')
    .option('--trials <n>', 'runs; as many as the report has when not given', wholeNumber)
    .option('--tolerance <percent>', 'of joules and seconds; 25 when not given', fraction)
    .option('--result-tolerance <percent>', 'of accuracies and other results; 2', fraction)
    .option('--no-run', 'check hashes only')
    .addHelpText('after', VERIFY_HELP)
    .action(async (report: string, options: VerifyOptions) => {
      const { VERIFY_EXITS, verifyReport } = await import('./verify.js');
      process.exitCode = VERIFY_EXITS[await verifyReport(report, options, print)];
    });
}

function noNotebook(): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    'No notebook is named',
    'halfnote report <notebook>, halfnote report --sweep <folder>, or halfnote report --schema.',
  );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

const REPORT_HELP = `
Writes NAME.report.json, NAME.report.html and, where a Chromium is found (HALFNOTE_CHROMIUM names one),
NAME.report.pdf. A cell that fails ends the run: the report then holds what was measured and is marked
failed, and the exit code is 1.

  halfnote report train.ipynb --trials 5 --region FRA --pue 1.2

With --sweep: sweep.report.json, .html and .pdf, with the energy and CO2e of all its points and their comparison.

  halfnote report --sweep out --region FRA`;

const VERIFY_HELP = `
Exit codes:
  0  the figures are within tolerance (with --no-run: the hashes hold)
  1  it can't be checked: no report, another version, a failed run, no notebook
  2  not reproduced: the message says which figure, and by how much
  3  altered: the report, its notebook or a file that it read is not what was reported
  4  another machine, or other meters: ratios and results are within tolerance, joules were not compared
  5  too few trials to tell: a figure is out of tolerance, but no further than the trials scatter (95 %)

What else differs (versions, lock file, settings, environment, meters) is printed, and whether the report
or this run is INVALID. The hashes are no signature: they show what was altered without them.

  halfnote verify train.report.json --tolerance 10`;

const DIFF_HELP = `
Energies and times are compared over the trials by Welch's test at 95 %: "no difference shown" is an answer.

  halfnote diff fp32.report.json bf16.report.json`;
