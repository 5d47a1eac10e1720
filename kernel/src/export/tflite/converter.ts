import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '../../error-codes';
import { HalfnoteError } from '../../errors';
import { host } from '../../host';
import { SlowProgress } from '../../display/slow-progress';
import type { ModelDescription } from './describe-model';
import type { TfliteFormat } from './options';

/** Values of any kind on their way to the converter's program. */
export interface JobTensor {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** What is to be converted, and what the result is compared with. */
export interface TfliteJob {
  readonly network: ModelDescription;
  readonly weights: Float32Array;
  readonly format: TfliteFormat;
  readonly io: string;
  readonly integersOnly: boolean;
  readonly batch: number | undefined;
  readonly check: { readonly inputs: readonly JobTensor[]; readonly outputs: readonly JobTensor[] };
  readonly calibrate: readonly (readonly JobTensor[])[];
}

/** What the program says of a file, see `run_job` in kernel/python. */
export interface TfliteReport {
  readonly tensorflow: string;
  readonly python: string;
  readonly rebuilt: { readonly maxAbsError: number };
  readonly outputs: readonly {
    readonly name: string;
    readonly maxAbsError: number | null;
    readonly sqnrDb: number | null;
    readonly largest: number | null;
    readonly same: boolean;
  }[];
  readonly anyBatch: boolean;
  readonly operators: Readonly<Record<string, number>>;
  readonly constantBytes: Readonly<Record<string, number>>;
  readonly activations: Readonly<Record<string, number>>;
  readonly inputs: readonly TfliteEnd[];
  readonly outputTypes: readonly TfliteEnd[];
}

export interface TfliteEnd {
  readonly name: string;
  readonly type: string;
  /** -1 where a size is open. */
  readonly shape: readonly number[];
  /** Of an integer: what one step stands for, and the code of zero. */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

export interface Converted {
  readonly data: Uint8Array;
  readonly report: TfliteReport;
}

/** Beside src and dist in the package. */
const PROGRAM = join(__dirname, '../../../python/export_tflite.py');
/** Stages of one job that the program tells of, for the bar. */
const STAGES = 3;

/**
 * Converts models one after the other in one process of Python, which ends with the cell. A result
 * is an error where its own job failed.
 * @throws HalfnoteError `tflite-failed` where the process ended before its work, `interrupted`.
 */
export async function convertJobs(
  python: string,
  jobs: readonly TfliteJob[],
): Promise<(Converted | HalfnoteError)[]> {
  const folders: string[] = [];
  try {
    for (const job of jobs) {
      const folder = await mkdtemp(join(tmpdir(), 'halfnote-tflite-'));
      folders.push(folder);
      await writeJob(folder, job);
    }
    const progress = new SlowProgress('Converting to TensorFlow Lite', 2 + STAGES * jobs.length);
    const ended = await run(python, [PROGRAM, ...folders], (stage) => {
      progress.advance(stage);
    });
    progress.advance();
    return await Promise.all(folders.map((folder) => readResult(folder, ended)));
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function writeJob(folder: string, job: TfliteJob): Promise<void> {
  let written = 0;
  const store = async ({ data, shape, dtype }: JobTensor): Promise<unknown> => {
    const file = `tensor-${written++}.bin`;
    await writeFile(join(folder, file), data);
    return { file, shape, dtype };
  };
  const { weights, check, calibrate, batch = null, ...rest } = job;
  await writeFile(join(folder, 'weights.bin'), bytesOf(weights));
  const description = {
    ...rest,
    batch,
    check: {
      inputs: await Promise.all(check.inputs.map(store)),
      outputs: await Promise.all(check.outputs.map(store)),
    },
    calibrate: await Promise.all(calibrate.map((one) => Promise.all(one.map(store)))),
  };
  await writeFile(join(folder, 'job.json'), JSON.stringify(description));
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it said on standard error. */
  readonly said: string;
}

const MOST_SAID = 20_000;

function run(
  command: string,
  args: readonly string[],
  tell: (stage: string) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let ended = false;
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
    });
    host()?.onCellEnd(() => {
      if (ended) return;
      child.kill('SIGKILL');
      reject(
        new HalfnoteError(
          'interrupted',
          'The export to TensorFlow Lite ended with the cell; nothing was written.',
          'Await it in the cell that starts it.',
        ),
      );
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') tell(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MOST_SAID);
    });
    child.on('error', (cause) => {
      ended = true;
      reject(failed(`${command} can't be started: ${cause.message}`, cause));
    });
    child.on('close', (code, signal) => {
      ended = true;
      resolve({ code, signal, said });
    });
  });
}

async function readResult(folder: string, ended: Ended): Promise<Converted | HalfnoteError> {
  let text: string;
  try {
    text = await readFile(join(folder, 'result.json'), 'utf8');
  } catch {
    const how = ended.signal ?? `code ${ended.code ?? 'none'}`;
    return failed(`Python ended with ${how} before the model was converted:\n${tail(ended.said)}`);
  }
  const result = JSON.parse(text) as TfliteReport | { readonly error: ProgramError };
  if ('error' in result) {
    const { code, message, hint } = result.error;
    if (code === 'tflite-failed') return failed(`TensorFlow's converter failed: ${tail(message)}`);
    return new HalfnoteError(code, message, hint === '' ? undefined : hint);
  }
  return { data: await readFile(join(folder, 'model.tflite')), report: result };
}

interface ProgramError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

function failed(message: string, cause?: unknown): HalfnoteError {
  return new HalfnoteError('tflite-failed', message, undefined, { cause });
}

/** The last lines, where a Python says what went wrong. */
function tail(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n');
}
