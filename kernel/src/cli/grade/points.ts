import { stripVTControlCharacters } from 'node:util';
import { isObject, type Json } from '../run/json';

/** The longest that a reason is told; a whole traceback helps nobody. */
const LONGEST = 2000;

/** What a cell with tests got, and why it isn't all. */
export interface Points {
  readonly points: number;
  readonly reason: string | undefined;
}

/**
 * The points of a cell with tests by what it put out, as nbgrader gives them: none for an error or words on
 * stderr, those of its last value where that is a number up to all, else all.
 * @param failure what the run says of the cell: its traceback, or that it took too long
 */
export function pointsOf(
  outputs: readonly Json[],
  failure: string | undefined,
  maxPoints: number,
): Points {
  const wrong = failure ?? outputs.map(wrongIn).find((text) => text !== undefined);
  if (wrong !== undefined) return { points: 0, reason: shortened(wrong) };
  const result = outputs.find((output) => output['output_type'] === 'execute_result');
  const partial = result === undefined ? NaN : Number(textOf(result));
  if (!(partial >= 0 && partial < maxPoints)) return { points: maxPoints, reason: undefined };
  return { points: partial, reason: `The tests give ${partial} of ${maxPoints} points.` };
}

function wrongIn({ output_type: type, name, text, ename, evalue }: Json): string | undefined {
  if (type === 'error') return `${String(ename)}: ${String(evalue)}`;
  return type === 'stream' && name === 'stderr' ? joined(text) : undefined;
}

/** Empty text is no number. */
function textOf({ data }: Json): string {
  const text = isObject(data) ? joined(data['text/plain']).trim() : '';
  return text === '' ? 'none' : text;
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
}

function shortened(text: string): string {
  const plain = stripVTControlCharacters(text).trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
