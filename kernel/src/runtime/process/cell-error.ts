import { inspect } from 'node:util';
import type { CellError } from '../contract';
import { sourceExcerpt } from '../excerpt';
import { packageRoot } from '../packages';
import { InterruptError } from './interrupts';
import type { StackMapper } from './stack';

const CELL_FRAME = /(cell\[\d+\]):(\d+):(\d+)/;
const MAX_CAUSES = 8;
const SHOWN_LIBRARY_FRAMES = 3;
/** What runs cells and stands behind magics is no place where a user could look for an error. */
const OWN_FOLDERS = ['runtime', 'magics', 'notebook'].map((part) => `${packageRoot}/dist/${part}/`);

/** What a notebook shows of anything that was thrown. */
export function cellError(thrown: unknown, mapper: StackMapper): CellError {
  if (!isError(thrown)) {
    const text = typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 2 });
    return { ename: 'Thrown', evalue: text, traceback: [`Thrown: ${text}`] };
  }
  const traceback: string[] = [];
  const seen = new Set<unknown>();
  for (let error: unknown = thrown; error !== undefined && seen.size < MAX_CAUSES;) {
    if (seen.has(error)) break;
    seen.add(error);
    if (traceback.length > 0) traceback.push('', 'Caused by:');
    if (!isError(error)) {
      traceback.push(inspect(error, { depth: 2 }));
      break;
    }
    traceback.push(...describe(error, mapper));
    error = error.cause;
  }
  return { ename: nameOf(thrown), evalue: messageOf(thrown), traceback };
}

/** Frames as a reader wants them: the cell's, a few of each library, none of ours or Node.js's own. */
function describe(error: Error, mapper: StackMapper): string[] {
  const lines = [`${nameOf(error)}: ${messageOf(error)}`];
  // Whoever stopped a cell knows that it was stopped; where doesn't matter.
  if (error instanceof InterruptError) return lines;
  const frames = usefulFrames(typeof error.stack === 'string' ? error.stack : '');
  const cell = frames.map((frame) => CELL_FRAME.exec(frame)).find((match) => match !== null);
  if (cell) {
    const [position = '', name = '', line, column] = cell;
    const source = mapper.source(name);
    if (source !== undefined)
      lines.push(position, ...sourceExcerpt(source.text, Number(line), Number(column)));
  }
  lines.push(...shortenLibraries(frames));
  if (error instanceof AggregateError) {
    for (const inner of error.errors.slice(0, MAX_CAUSES)) {
      lines.push(
        ...(isError(inner) ? describe(inner, mapper) : [inspect(inner)]).map((line) => `  ${line}`),
      );
    }
  }
  return lines;
}

function usefulFrames(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.filter(
    (frame) =>
      !OWN_FOLDERS.some((folder) => frame.includes(folder)) &&
      !/\(?node:(?:internal|vm|events)/.test(frame) &&
      !/\(<anonymous>\)$/.test(frame),
  );
}

function shortenLibraries(frames: readonly string[]): string[] {
  const shown: string[] = [];
  let run = 0;
  let hidden = 0;
  const closeRun = (): void => {
    if (hidden > 0) shown.push(`    ... ${hidden} more in node_modules`);
    run = 0;
    hidden = 0;
  };
  for (const frame of frames) {
    if (!frame.includes('/node_modules/')) closeRun();
    else if (++run > SHOWN_LIBRARY_FRAMES) {
      hidden++;
      continue;
    }
    shown.push(frame);
  }
  closeRun();
  return shown;
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function nameOf(error: Error): string {
  // Subclasses that don't set `name` are still called by their class.
  const own = typeof error.name === 'string' ? error.name : 'Error';
  if (own !== 'Error') return own;
  const { constructor } = error as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : own;
}

function messageOf(error: Error): string {
  return typeof error.message === 'string' ? error.message : inspect(error.message);
}
