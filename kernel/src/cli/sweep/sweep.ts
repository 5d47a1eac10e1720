import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { counted } from '../../display/words';
import { HalfnoteError } from '../../errors';
import { SweepFolder } from '../../sweep/folder';
import { hashOfSources, type CellSource, pointText } from '../../sweep/plan';
import { reasonOf } from '../../sweep/run-result';
import { readAxes } from '../../sweep/values';
import { ownVersion } from '../own-version';
import { versionFacts } from '../report/facts';
import { findKernel } from '../run/kernel-process';
import { readNotebook, sourceOf, type Notebook } from '../run/notebook';
import { withParameters } from '../run/parameters';
import type { Terminal } from '../run/progress';
import { checkLanguage } from '../run/run';
import { clusterOptionsOf, schedulerNamed } from './schedulers';
import { factsOf } from './read-point';

export interface RunSweepOptions {
  readonly scheduler: string;
  readonly workers?: number;
  /** JSON with keyword arguments of a class of Dask's clusters. */
  readonly clusterOptions?: string;
  /** False: return once a scheduler has the points. */
  readonly wait?: boolean;
  readonly timeout?: number;
}

export interface SweepOptions extends RunSweepOptions {
  /** `name=values` each. */
  readonly param?: readonly string[];
  /** The sweep's folder. */
  readonly to: string;
}

/** What is told and by which means. */
export interface Told {
  readonly print: (text: string) => void;
  readonly terminal?: Terminal;
}

/**
 * Runs a notebook once for each combination of parameters. What the folder has of this sweep already isn't run
 * again.
 * @throws HalfnoteError for what is wrong with the notebook or a parameter, before anything runs;
 *   `other-sweep`; `points-failed` after all others have finished.
 */
export async function runSweep(path: string, options: SweepOptions, told: Told): Promise<void> {
  // What is wrong with it is said before a folder is made.
  checkScheduler(options);
  const axes = readAxes(options.param ?? []);
  const text = readText(path);
  const notebook = readNotebook(path);
  checkLanguage(path, notebook, findKernel());
  withParameters(notebook, new Map(axes.map(({ name, values }) => [name, values[0]])));
  const sweep = await SweepFolder.begin(
    options.to,
    {
      schema: 'halfnote-sweep/1',
      createdAt: new Date().toISOString(),
      sources: hashOfSources(sourcesOf(notebook)),
      parameters: axes.map(({ name, values }) => ({ name, values: [...values] })),
      versions: versionsOf(notebook, dirname(resolve(path))),
      timeoutS: options.timeout ?? null,
    },
    { path, text },
  );
  await schedule(sweep, options, told);
}

/** Runs the failed points of a sweep again, and those that haven't run. */
export async function retrySweep(
  folder: string,
  options: RunSweepOptions,
  told: Told,
): Promise<void> {
  // Before any failure is forgotten.
  checkScheduler(options);
  const sweep = openSame(folder);
  sweep.forgetFailures();
  await schedule(sweep, options, told);
}

/**
 * A sweep whose notebook and versions are those that it was made with.
 * @throws HalfnoteError `no-sweep`, `other-sweep`.
 */
export function openSame(folder: string): SweepFolder {
  const sweep = SweepFolder.open(folder);
  const notebook = readNotebook(sweep.notebookPath);
  sweep.requireSame({
    sources: hashOfSources(sourcesOf(notebook)),
    versions: versionsOf(notebook, sweep.workingFolder),
  });
  return sweep;
}

async function schedule(
  sweep: SweepFolder,
  { scheduler, workers, clusterOptions, wait = true }: RunSweepOptions,
  { print, terminal = process.stderr }: Told,
): Promise<void> {
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    await schedulerNamed(scheduler, wait)(sweep, {
      workers,
      clusterOptions: clusterOptionsOf(clusterOptions, scheduler),
      isWaiting: wait,
      stop: stop.signal,
      terminal,
    });
  } finally {
    for (const signal of signals) process.off(signal, end);
    sweep.tidy();
  }
  const listed = sweep.list();
  const count = (state: string): number => listed.filter((point) => point.state === state).length;
  const finished = `${count('finished')} of ${counted(listed.length, 'point')} finished`;
  if (stop.signal.aborted) {
    print(`Stopped: ${finished}. The same command goes on.`);
    process.exitCode = 130;
    return;
  }
  const failed = listed.filter(({ state }) => state === 'failed');
  const [first] = failed;
  print(`${finished}, in ${sweep.path}`);
  if (first === undefined) return;
  throw new HalfnoteError(
    'points-failed',
    `${counted(failed.length, 'point')} failed, the first of them ${pointText(first.point)}: ${reasonOf(factsOf(sweep, first.point)?.error ?? '')}`,
    `halfnote sweep status ${sweep.path} lists them, halfnote sweep retry ${sweep.path} runs them again.`,
  );
}

function checkScheduler({ scheduler, wait, clusterOptions }: RunSweepOptions): void {
  schedulerNamed(scheduler, wait);
  clusterOptionsOf(clusterOptions, scheduler);
}

function sourcesOf({ cells }: Notebook): readonly CellSource[] {
  return cells.map((cell) => ({ type: cell.cell_type, source: sourceOf(cell) }));
}

function versionsOf({ cells }: Notebook, folder: string): Record<string, string> {
  const code = cells.map((cell, index) => ({
    index,
    id: null,
    type: cell.cell_type,
    source: sourceOf(cell),
  }));
  return { halfnote: ownVersion(), ...versionFacts(code, folder) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HalfnoteError('invalid-notebook', `Can't run ${path}: ${reason}`);
  }
}
