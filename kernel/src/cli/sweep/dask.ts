import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { counted } from '../../display/words';
import { HalfnoteError } from '../../errors';
import { searchPython } from '../../files/search-python';
import { ownCommand } from '../../installation';
import { parsedJson } from '../run/json';
import type { Scheduler } from './scheduler';
import { Watched } from './waiting';

/** Beside src and dist in the package. */
const PROGRAM = join(__dirname, '../../../python/sweep_on_dask.py');

const told = z.object({
  /** The workers that the scheduler has. */
  workers: z.array(z.unknown()).optional(),
  /** The point's task has ended. */
  ended: z.int().optional(),
  problem: z.string().optional(),
});

/** Where Dask has its workers: a scheduler that is there, or a class that makes a cluster; without, this machine. */
export interface DaskPlace {
  readonly address?: string;
  /** A path of Python, as `dask_jobqueue.SLURMCluster`. */
  readonly cluster?: string;
}

/** Runs a sweep on Dask. */
export function runOnDask({ address, cluster }: DaskPlace): Scheduler {
  return async (sweep, { workers, clusterOptions = {}, stop, terminal }) => {
    const watched = new Watched(sweep, terminal);
    const { left } = watched;
    if (left.length === 0) return;
    const job = {
      command: ownCommand(),
      folder: sweep.path,
      indices: left.map(({ index }) => index),
      address: address ?? null,
      cluster: cluster === undefined ? null : { class: cluster, options: clusterOptions },
      workers:
        cluster === undefined
          ? Math.min(workers ?? availableParallelism(), left.length)
          : (workers ?? null),
    };
    const child = spawn(await daskPython(), [PROGRAM, JSON.stringify(job)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
      // What is typed in the terminal is for us: we end it.
      detached: true,
    });
    const problems: string[] = [];
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4000)));
    child.stdin.on('error', () => undefined);
    createInterface(child.stdout).on('line', (line) => {
      const message = told.safeParse(parsedJson(line)).data;
      if (message?.workers !== undefined)
        watched.say(`Dask has ${counted(message.workers.length, 'worker')}`);
      if (message?.problem !== undefined) problems.push(message.problem);
      watched.look();
    });
    const end = (): void => {
      child.stdin.end();
    };
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    stop.removeEventListener('abort', end);
    watched.look();
    const missing = watched.left.length;
    if (stop.aborted || missing === 0) return;
    const lastWords = said.trim().split('\n').at(-1) ?? '';
    const reason = [...new Set(problems)][0] ?? (lastWords || `it ended with code ${code ?? ''}`);
    throw new HalfnoteError(
      'no-scheduler',
      `${counted(missing, 'point')} didn't run on Dask: ${reason}`,
      'Finished points stay. The same command goes on.',
    );
  };
}

async function daskPython(): Promise<string> {
  const { python, tried } = await searchPython('distributed', { called: 'Dask', from: __dirname });
  if (python !== undefined) return python;
  throw new HalfnoteError(
    'no-scheduler',
    `No Python with Dask was found. Tried: ${tried.join(', ')}`,
    'Install it: pip install distributed; and name that Python in HALFNOTE_PYTHON.',
  );
}
