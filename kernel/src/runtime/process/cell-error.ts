import { inspect } from 'node:util';
import type { CellError } from '../contract';
import { sourceExcerpt } from '../excerpt';
import { InterruptError } from './interrupts';
import { plainMessage } from './plain-message';
import type { StackMapper } from './stack';
import { userFrames } from './user-frames';

const CELL_FRAME = /(cell\[\d+\]):(\d+):(\d+)/;
const MAX_CAUSES = 8;

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
  return { ename: nameOf(thrown), evalue: messageOf(thrown, mapper), traceback };
}

function describe(error: Error, mapper: StackMapper): string[] {
  const lines = [`${nameOf(error)}: ${messageOf(error, mapper)}`];
  // Whoever stopped a cell knows that it was stopped; where doesn't matter.
  if (error instanceof InterruptError) return lines;
  const frames = framesOf(error);
  const cell = cellFrame(frames);
  if (cell) {
    const [position = '', name = '', line, column] = cell;
    const source = mapper.source(name);
    if (source !== undefined)
      lines.push(position, ...sourceExcerpt(source.text, Number(line), Number(column)));
  }
  lines.push(...frames);
  if (error instanceof AggregateError) {
    for (const inner of error.errors.slice(0, MAX_CAUSES)) {
      lines.push(
        ...(isError(inner) ? describe(inner, mapper) : [inspect(inner)]).map((line) => `  ${line}`),
      );
    }
  }
  return lines;
}

/** The stack of an error may be any text: a library can have written it. */
function framesOf({ stack }: Error): string[] {
  if (typeof stack !== 'string') return [];
  return userFrames(stack.split('\n').filter((line) => /^\s+(?:at |\.{3} \d+ more)/.test(line)));
}

function cellFrame(frames: readonly string[]): RegExpExecArray | undefined {
  return frames.map((frame) => CELL_FRAME.exec(frame)).find((match) => match !== null) ?? undefined;
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

function messageOf(error: Error, mapper: StackMapper): string {
  if (typeof error.message !== 'string') return inspect(error.message);
  const name = cellFrame(framesOf(error))?.[1];
  return plainMessage(error.message, name === undefined ? undefined : mapper.source(name)?.text);
}
