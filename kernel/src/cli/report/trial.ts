import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FACTS_VARIABLE, readNotedFacts, type NotedFacts } from '../../backend/noted-facts';
import { HalfnoteError, shortened } from '../../errors';
import { readJournal } from '../../energy/journal/read-journal';
import type { MachineState } from '../../energy/trials/checks/machine-state';
import { readNotes } from '../../report/inputs/read-notes';
import { INPUTS_VARIABLE, type InputEvent } from '../../report/inputs/watched';
import type { ReportedCell } from '../../report/identity/cells';
import type { Failure, Trial } from '../../report/make/trial';
import { packageRoot } from '../../runtime/packages';
import { KernelClient } from '../run/client';
import type { KernelSpec } from '../run/kernel-process';
import type { Notebook } from '../run/notebook';
import { NotebookRun } from '../run/notebook-run';
import type { Terminal } from '../run/progress';
import { watchTrial } from './watch-trial';

export interface TrialOptions {
  readonly spec: KernelSpec;
  /** The notebook's path: it runs in its own folder. */
  readonly path: string;
  readonly notebook: Notebook;
  /** One for each cell of `notebook`, as the report names it. */
  readonly cells: readonly ReportedCell[];
  readonly timeoutS: number | undefined;
  readonly terminal: Terminal;
}

/** A trial, what it noted of its files and seeds, what computed its tensors, and on what. */
export interface RanTrial {
  readonly trial: Trial;
  readonly inputs: readonly InputEvent[];
  readonly engines: readonly NotedFacts[];
  /** How the machine was set before and after. */
  readonly states: readonly MachineState[];
}

/**
 * Runs the notebook once in a fresh kernel that keeps a journal of its energy. A cell that fails ends the
 * trial and stands in its `failure`; only a kernel that can't be started is an error.
 */
export async function runTrial(options: TrialOptions): Promise<RanTrial> {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-report-'));
  const journal = join(folder, 'energy.jsonl');
  const inputs = join(folder, 'inputs');
  const engines = join(folder, 'engines');
  try {
    const startedAt = new Date().toISOString();
    const spec = observed(options.spec, { journal, inputs, engines });
    const watched = watchTrial();
    const ran = await runCells({ ...options, spec });
    const { states, problems: spoilt, ...machine } = watched();
    const { windows, problems } = windowsOf(journal);
    const { events, problems: lost } = readNotes(inputs);
    return {
      trial: {
        startedAt,
        ...ran,
        windows,
        problems: [...problems, ...spoilt, ...lost],
        ...machine,
        seeds: events.filter((event) => event.kind === 'seed'),
      },
      inputs: events,
      engines: readNotedFacts(engines),
      states,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files in which a trial's processes tell what they do. */
interface Watching {
  readonly journal: string;
  readonly inputs: string;
  readonly engines: string;
}

/** The kernel with all that watches it; nothing of a report's run goes into the user's history. */
function observed(spec: KernelSpec, { journal, inputs, engines }: Watching): KernelSpec {
  const hook = join(packageRoot, 'dist', 'report', 'inputs', 'hook.js');
  const given = process.env['NODE_OPTIONS'] ?? '';
  return {
    ...spec,
    env: {
      ...spec.env,
      HALFNOTE_ENERGY_JOURNAL: journal,
      HALFNOTE_HISTORY: 'off',
      [INPUTS_VARIABLE]: inputs,
      [FACTS_VARIABLE]: engines,
      NODE_OPTIONS: `${given} --require ${JSON.stringify(hook)}`.trim(),
    },
  };
}

async function runCells(options: TrialOptions): Promise<Pick<Trial, 'cells' | 'failure'>> {
  const { spec, path, notebook, cells: reported, timeoutS, terminal } = options;
  const client = await KernelClient.start(spec, dirname(resolve(path)));
  const interrupt = (): void => {
    client.interrupt();
  };
  process.on('SIGINT', interrupt);
  const run = new NotebookRun(notebook, client, terminal, timeoutS);
  let hasFailed = false;
  try {
    await run.all();
  } catch (error) {
    if (!(error instanceof HalfnoteError && error.code === 'cell-failed')) throw error;
    hasFailed = true;
  } finally {
    process.off('SIGINT', interrupt);
    await client.close();
  }
  const cells = run.ran.map(({ index, order, startedAt, durationS }) => {
    const cell = notebook.cells[index];
    const outputs = cell === undefined ? [] : run.outputs(cell);
    return { index: reported[index]?.index ?? index, order, startedAt, durationS, outputs };
  });
  return { cells, failure: hasFailed ? failureOf(run, cells) : null };
}

function failureOf(run: NotebookRun, cells: Trial['cells']): Failure {
  const last = run.ran.at(-1);
  const error = cells.at(-1)?.outputs.findLast(({ output_type: type }) => type === 'error');
  const { ename, evalue } = error ?? {};
  const { failure = '', isOvertime = false } = last ?? {};
  const [line = ''] = failure.split('\n');
  return {
    cell: cells.at(-1)?.index ?? 0,
    name: typeof ename === 'string' ? ename : 'Error',
    // Reports are read: a message may hold a whole data set.
    message: shortened(typeof evalue === 'string' && evalue !== '' && !isOvertime ? evalue : line),
  };
}

function windowsOf(path: string): Pick<Trial, 'windows' | 'problems'> {
  if (!existsSync(path)) return { windows: [], problems: ['the kernel kept no energy journal'] };
  const { sessions, problems } = readJournal(path);
  return {
    windows: sessions.flatMap(({ windows }) => windows),
    problems: [
      ...problems.map(({ message }) => message),
      ...(sessions.every(({ ended }) => ended)
        ? []
        : ['the kernel was ended before it had closed its energy journal']),
    ],
  };
}
