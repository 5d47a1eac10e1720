import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HalfnoteError } from '../../errors';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * What a program of a scheduler says.
 * @throws HalfnoteError `no-scheduler` where it isn't here, or fails: with its own words.
 */
export async function ask(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, { maxBuffer: MOST_OUTPUT_BYTES });
    return stdout;
  } catch (cause) {
    const { code, stderr = '', message } = cause as NodeJS.ErrnoException & { stderr?: string };
    const isMissing = code === 'ENOENT';
    throw new HalfnoteError(
      'no-scheduler',
      isMissing
        ? `The command "${program}" is not here`
        : `"${program}" failed: ${stderr.trim() || message}`,
      isMissing
        ? 'Run it where the scheduler can be reached, such as a login node of the cluster, or leave --scheduler out.'
        : 'Finished points stay. The same command goes on.',
      { cause },
    );
  }
}
