import { cutAt } from './code-points';
import type { CellOutput } from './contract';

type Deliver = (requestId: string, output: CellOutput) => void;

const MB = 1_000_000;
const DEFAULT_MB = 10;
/** Cells that may still print late; older ones start counting anew. */
const MOST_CELLS = 100;

/** Environment variable with the limit in megabytes; `0` for none. */
export const LIMIT_VARIABLE = 'HALFNOTE_STREAM_LIMIT_MB';

/** Characters of stdout and stderr that are shown of one cell; infinite for none or a wrong value. */
export function streamLimit(env: NodeJS.ProcessEnv): number {
  const text = env[LIMIT_VARIABLE];
  if (text === undefined || text === '') return DEFAULT_MB * MB;
  const megabytes = Number(text);
  return megabytes > 0 ? megabytes * MB : Infinity;
}

/**
 * Ends the printing of a cell that floods its notebook, which would make the file unusable, and says
 * so where the text ends. Displays and results are never cut.
 */
export function limitStreams(deliver: Deliver, limit: number): Deliver {
  const printed = new Map<string, number>();
  return (requestId, output) => {
    if (output.kind !== 'stream') {
      deliver(requestId, output);
      return;
    }
    const before = printed.get(requestId) ?? 0;
    const after = before + output.text.length;
    printed.set(requestId, after);
    if (printed.size > MOST_CELLS) printed.delete(printed.keys().next().value ?? '');
    if (after <= limit) {
      deliver(requestId, output);
      return;
    }
    if (before > limit) return;
    const text = output.text.slice(0, cutAt(output.text, limit - before));
    if (text !== '') deliver(requestId, { ...output, text });
    deliver(requestId, { ...output, text: notice(limit) });
  };
}

function notice(limit: number): string {
  return (
    `\n[The cell printed more than ${limit / MB} MB: the rest is not shown. ` +
    `Write it to a file, or start Jupyter with ${LIMIT_VARIABLE}=<megabytes>, 0 for no limit.]\n`
  );
}
