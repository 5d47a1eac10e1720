import { resolve, sep } from 'node:path';

/** Our own folder: `src` or `dist`. */
const OURS = resolve(__dirname, '../..') + sep;
const DEPTH = 100;

/**
 * Where the user's code stands that the running call comes from, as stacks name it, for example
 * `cell 3, line 12`; undefined where it isn't on the stack, as after an await.
 */
export function callerLine(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && isUsers(line));
  return frame === undefined
    ? undefined
    : (/\(([^()]+)\)$/.exec(frame)?.[1] ?? frame.trim().slice('at '.length));
}

function isUsers(frame: string): boolean {
  return !/[\\/]node_modules[\\/]|\bnode:|<anonymous>/.test(frame) && !frame.includes(OURS);
}
