import { equalConstants, sameStructure, type Tape } from '../deferred/tape';

/** What stands in a slot of a forward pass: one of its inputs, a weight, or a handle that it always takes. */
export interface Source {
  readonly kind: 'input' | 'weight' | 'constant';
  /** Of a constant, the handle. */
  readonly index: number;
}

/** A forward pass as it ran: a tape, what its slots are, and which of its values are the results. */
export interface ForwardTape {
  readonly tape: Tape;
  /** By slot. */
  readonly sources: readonly Source[];
  /** By result, the value of the tape. */
  readonly results: readonly number[];
}

/** What of a recording says which handle is which: the recorder has it. */
export interface Recording {
  readonly refusal: string | undefined;
  readonly externalIds: readonly number[];
  tape(): Tape | undefined;
  valueOf(id: number): number | undefined;
}

/** A recording that can't be a forward pass, and why. */
export class NoForward extends Error {
  override readonly name = 'NoForward';
}

/** Numbers that come from JavaScript become a part of the program, up to this many bytes in all. */
const MOST_CONSTANT_BYTES = 2 ** 24;

/**
 * Reads a recording as a function of inputs and weights: nothing else may come in, and nothing but the
 * results may be left.
 *
 * @param takesConstants Whether tensors that are neither inputs nor weights are constants; their owner keeps them.
 * @throws NoForward that says what else there is.
 */
export function forwardTape(
  recording: Recording,
  inputs: readonly number[],
  weights: readonly number[],
  results: readonly number[],
  takesConstants = false,
): ForwardTape {
  if (new Set([...inputs, ...weights]).size < inputs.length + weights.length) {
    throw new NoForward('two inputs or weights are one tensor');
  }
  if (new Set(results).size < results.length) throw new NoForward('two results are one tensor');
  const tape = recording.tape();
  if (tape === undefined) throw new NoForward(recording.refusal ?? 'nothing was recorded');
  const sources = recording.externalIds.map((id): Source => {
    const [input, weight] = [inputs.indexOf(id), weights.indexOf(id)];
    if (input >= 0) return { kind: 'input', index: input };
    if (weight >= 0) return { kind: 'weight', index: weight };
    if (takesConstants) return { kind: 'constant', index: id };
    throw new NoForward('a layer takes a tensor that is none of its weights');
  });
  const values = results.map((id) => {
    const value = recording.valueOf(id);
    if (value === undefined || !isOfOp(tape, value)) {
      throw new NoForward('a result is no result of an op');
    }
    return value;
  });
  if (tape.entries.some((entry) => entry.kind === 'op' && entry.outputs.length === 0)) {
    throw new NoForward('an op writes');
  }
  const left = tape.dead.findIndex((dead, value) => !dead && !values.includes(value));
  if (left >= 0) throw new NoForward('a layer keeps a tensor');
  if (constantBytes(tape) > MOST_CONSTANT_BYTES)
    throw new NoForward('a layer makes large constants');
  return { tape, sources, results: values };
}

/** Whether two forward passes are the same function, constants and all. */
export function sameForward(a: ForwardTape, b: ForwardTape): boolean {
  return (
    sameStructure(a.tape, b.tape) &&
    a.results.length === b.results.length &&
    a.results.every((value, i) => value === b.results[i]) &&
    a.sources.every(
      ({ kind, index }, i) => kind === b.sources[i]?.kind && index === b.sources[i].index,
    ) &&
    a.tape.entries.every((entry, i) => {
      const other = b.tape.entries[i];
      return entry.kind === 'op' || other?.kind !== 'constant' || equalConstants(entry, other);
    })
  );
}

function isOfOp({ entries }: Tape, value: number): boolean {
  return entries.some(
    (entry) =>
      entry.kind === 'op' && entry.first <= value && value < entry.first + entry.outputs.length,
  );
}

function constantBytes({ entries }: Tape): number {
  let bytes = 0;
  for (const entry of entries) if (entry.kind === 'constant') bytes += entry.data?.byteLength ?? 0;
  return bytes;
}
