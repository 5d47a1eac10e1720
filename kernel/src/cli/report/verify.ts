import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { cellName } from '../../report/cell-name';
import { differencesOf } from '../../report/diff/diff';
import { inputsOf } from '../../report/identity/inputs';
import { readReport } from '../../report/read-report';
import { pairResults } from '../../report/results/pair-results';
import type { Report } from '../../report/schema';
import { compareRuns, TOLERANCES, type Compared } from '../../report/verify/compare';
import { otherMachine } from '../../report/verify/machine';
import { otherMeters } from '../../report/verify/meters';
import { otherCells, otherInputs } from '../../report/verify/same-code';
import { changedSettings } from '../../report/verify/changed-settings';
import { comparedText } from '../../report/verify/text';
import type { Terminal } from '../run/progress';
import { reportedNotebook } from './reported-notebook';
import { runReport } from './run-report';
import { readSettings } from './settings';

/** How `halfnote verify` ends: its exit codes. What can't be checked at all ends with 1. */
export const VERIFY_EXITS = {
  holds: 0,
  'not reproduced': 2,
  altered: 3,
  'other machine': 4,
  'too few trials to tell': 5,
} as const;

export type Verification = keyof typeof VERIFY_EXITS;

export interface VerifyOptions {
  /** Default: where the report says, seen from its own folder. */
  readonly notebook?: string;
  /** Default: as many as the report has. */
  readonly trials?: number;
  /** Fractions; default {@link TOLERANCES}. */
  readonly tolerance?: number;
  readonly resultTolerance?: number;
  /** False: only the hashes are checked. */
  readonly run: boolean;
}

/**
 * Checks a report: its hashes, its notebook and inputs by theirs, then the figures by running it again.
 * @throws HalfnoteError for what can't be checked: no report, another version, a failed run, no notebook.
 */
export async function verifyReport(
  path: string,
  options: VerifyOptions,
  print: (text: string) => void,
  terminal: Terminal = process.stderr,
): Promise<Verification> {
  const { report, altered } = readReport(path);
  if (report === undefined || altered.length > 0) return alteredBy('The report', altered, print);
  print(`The report is as it was written: ${report.identity.hash}`);
  const notebook = options.notebook ?? resolve(dirname(path), namedNotebook(report));
  if (!existsSync(notebook) && !options.run) {
    print(`Its notebook isn't at ${notebook}, so it was not compared (--notebook names it)`);
    return 'holds';
  }
  const different = await alterationsOf(report, notebook);
  if (different.length > 0) return alteredBy(notebook, different, print);
  print('The notebook and the inputs that the report names are those of the report');
  if (!options.run) return 'holds';
  return verifyRun(report, path, notebook, options, print, terminal);
}

function alteredBy(
  what: string,
  places: readonly string[],
  print: (text: string) => void,
): Verification {
  print(`ALTERED: ${what} is not what was reported:`);
  for (const place of places) print(`  ${place}`);
  return 'altered';
}

function namedNotebook({ settings, identity }: Report): string {
  const { notebook } = settings;
  return typeof notebook === 'string' ? notebook : identity.notebook.name;
}

async function alterationsOf(report: Report, notebook: string): Promise<string[]> {
  const { cells } = reportedNotebook(notebook, readSettings(report.settings).param);
  const folder = dirname(resolve(notebook));
  const paths = report.identity.inputs.map(({ name }) => resolve(folder, name));
  return [...otherCells(report, cells), ...otherInputs(report, await inputsOf(paths, folder))];
}

async function verifyRun(
  report: Report,
  path: string,
  notebook: string,
  options: VerifyOptions,
  print: (text: string) => void,
  terminal: Terminal,
): Promise<Verification> {
  if (report.status === 'failed') {
    throw new HalfnoteError(
      'invalid-report',
      `${path} is of a run that failed in ${cellName(report.failure?.cell ?? 0)}, which there is no use in running again`,
      '--no-run checks its hashes.',
    );
  }
  const again = await runReport(
    notebook,
    {
      ...readSettings(report.settings),
      trials: options.trials ?? report.trials,
      from: relative(dirname(resolve(path)), notebook),
    },
    terminal,
  );
  if (again.failure !== null) {
    const { cell, name, message } = again.failure;
    print(`NOT REPRODUCED: ${cellName(cell)} failed: ${name}: ${message}`);
    return 'not reproduced';
  }
  const { tolerance = TOLERANCES.energy, resultTolerance = TOLERANCES.results } = options;
  const tolerances = { energy: tolerance, results: resultTolerance };
  const machine = otherMachine(report.hardware, again.hardware);
  const meters = otherMeters(report, again);
  const compared = compareRuns(report, again, tolerances, {
    joules: machine.length + meters.length === 0,
    seconds: machine.length === 0,
  });
  if (compared.length === 0) {
    throw new HalfnoteError(
      'invalid-report',
      `${path} holds neither energy nor time nor a result that this run can be compared with`,
      '--no-run checks its hashes.',
    );
  }
  print(comparedText(compared));
  for (const reason of report.verdict.reasons) print(`INVALID when it was made: ${reason}`);
  for (const reason of again.verdict.reasons) print(`INVALID in this run: ${reason}`);
  for (const remark of again.verdict.remarks) print(`In this run: ${remark}`);
  printDifferences(report, again, print);
  for (const difference of machine) print(`OTHER MACHINE: ${difference}`);
  for (const difference of meters) print(`OTHER METERS: ${difference}`);
  const changed = changedSettings(report, again);
  return concluded(compared, { machine, meters, changed }, print);
}

/** What else isn't as it was may be why figures differ, or that they don't. */
function printDifferences(before: Report, after: Report, print: (text: string) => void): void {
  for (const { part, field, a, b } of differencesOf(before, after)) {
    if (part !== 'hardware') print(`Differs from the report: ${part}, ${field}: ${a}, here ${b}`);
  }
  for (const { name, cell } of pairResults(before.results, after.results).more) {
    print(`Not in the report: the result ${name} of ${cellName(cell)}`);
  }
}

interface Others {
  readonly machine: readonly string[];
  readonly meters: readonly string[];
  readonly changed: readonly string[];
}

function concluded(
  compared: readonly Compared[],
  { machine, meters, changed }: Others,
  print: (text: string) => void,
): Verification {
  const named = (wanted: Compared['answer']): string =>
    compared.flatMap(({ figure, answer }) => (answer === wanted ? [figure] : [])).join(', ');
  const failing = named('does not hold');
  if (failing !== '') {
    print(`NOT REPRODUCED: ${failing}`);
    for (const setting of changed) print(`This may be why: ${setting}`);
    return 'not reproduced';
  }
  const undecided = named('too few trials to tell');
  if (undecided !== '') {
    print(`TOO FEW TRIALS TO TELL: ${undecided}; --trials takes more`);
    for (const setting of changed) print(`This may be why: ${setting}`);
    return 'too few trials to tell';
  }
  if (machine.length + meters.length > 0) {
    const left = machine.length > 0 ? 'joules and seconds' : 'joules';
    print(`Ratios and results are within tolerance; ${left} were not compared`);
    return 'other machine';
  }
  print('WITHIN TOLERANCE');
  return 'holds';
}
