import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HalfnoteError } from '../../errors';
import { replaceFile } from '../../files/replace-file';
import { ownCommand } from '../../installation';
import { slurmScript } from '../../sweep/slurm-script';
import { ask } from './programs';
import type { Scheduler } from './scheduler';
import { Watched } from './waiting';

/** How often Slurm is asked; its daemons serve many. */
const ASK_MS = Number(process.env['HALFNOTE_SLURM_POLL_S'] ?? 10) * 1000;
/** A file may appear so long after its task has ended, over a network. */
const FILES_LATE_MS = 30_000;

/** Runs a sweep as an array job of Slurm, and waits for it unless it is not to. */
export const runInSlurm: Scheduler = async (sweep, options) => {
  const { workers, stop, terminal, isWaiting } = options;
  const watched = new Watched(sweep, terminal);
  const indices = watched.left.map(({ index }) => index);
  if (indices.length === 0) return;
  const logs = join(sweep.path, 'slurm');
  await mkdir(logs, { recursive: true });
  const script = join(sweep.path, 'slurm', 'array.sh');
  const text = slurmScript({
    command: ownCommand(),
    folder: sweep.path,
    logs,
    indices,
    abreast: workers,
  });
  await replaceFile(script, text, { hint: 'Make room; the same command goes on.' });
  await chmod(script, 0o755);
  const job = jobOf(await ask('sbatch', ['--parsable', script]));
  watched.say(`Slurm has it as job ${job}; what its tasks print is in ${logs}`);
  if (!isWaiting) return;
  const cancel = (): void => {
    void ask('scancel', [job]).catch((error: unknown) => {
      watched.say(error instanceof Error ? error.message : String(error));
    });
  };
  stop.addEventListener('abort', cancel, { once: true });
  let endedAt: number | undefined;
  for (;;) {
    watched.look();
    if (watched.left.length === 0 || stop.aborted) return;
    if (endedAt !== undefined && Date.now() - endedAt > FILES_LATE_MS)
      throw await endedEarly(job, watched.left.length);
    if (endedAt === undefined && !(await isQueued(job))) endedAt = Date.now();
    else await sleep(endedAt === undefined ? ASK_MS : 500);
  }
};

/** `123` or `123;cluster`. */
function jobOf(said: string): string {
  const [job = ''] = said.trim().split(';');
  if (/^\d+$/.test(job)) return job;
  throw new HalfnoteError(
    'no-scheduler',
    `"sbatch" named no job, but said ${JSON.stringify(said.trim())}`,
    'Is it the sbatch of Slurm? The script that was handed in lies in the folder, as slurm/array.sh.',
  );
}

/** Whether a task of the job waits or runs. A job that is long over is unknown to `squeue`. */
async function isQueued(job: string): Promise<boolean> {
  try {
    return (await ask('squeue', ['--noheader', '--job', job, '--format', '%i'])).trim() !== '';
  } catch (error) {
    if (error instanceof HalfnoteError && /invalid job id/i.test(error.message)) return false;
    throw error;
  }
}

async function endedEarly(job: string, left: number): Promise<HalfnoteError> {
  const said = await ask('sacct', [
    ...['--jobs', job, '--allocations', '--noheader', '--parsable2'],
    ...['--format', 'JobID,State,ExitCode'],
  ]).catch(() => '');
  const states = said
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !line.includes('|COMPLETED|'))
    .slice(0, 5)
    .map((line) => line.split('|').slice(0, 2).join(' '));
  return new HalfnoteError(
    'no-scheduler',
    `Job ${job} has ended, and ${left} of its points have not run${states.length > 0 ? `: ${states.join(', ')}` : ''}`,
    'What its tasks said is in the folder, in slurm/. The same command runs what is left.',
  );
}
