import { DT } from '../dtypes';
import { external, type ConstantData, type ConstantEntry } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';

/** Up to so many numbers are part of the program: shapes, paddings, axes, scales. Weights stay handles. */
const MOST_NUMBERS = 64;
/** Types that can be read as they are. */
const READABLE: ReadonlySet<number> = new Set([DT.float, DT.int32]);

/**
 * A forward pass with its small constants as numbers: TensorFlow infers the shape of what an op pads, cuts or
 * reshapes only where it knows these.
 */
export function inlineConstants(
  forward: ForwardTape,
  read: (id: number) => ConstantData,
): ForwardTape {
  const { tape, sources } = forward;
  const constants: ConstantEntry[] = [];
  const moved = new Map<number, number>();
  sources.forEach(({ kind, index }, slot) => {
    const type = tape.externals[slot]?.type;
    if (kind !== 'constant' || type === undefined || !READABLE.has(type.dtype)) return;
    if (type.shape.reduce((a, b) => a * b, 1) > MOST_NUMBERS) return;
    const first = tape.dead.length + constants.length;
    constants.push({ kind: 'constant', type, data: read(index).slice(), varies: false, first });
    moved.set(external(slot), first);
  });
  const ops = tape.entries.map((entry) =>
    entry.kind === 'op'
      ? { ...entry, refs: entry.refs.map((ref) => moved.get(ref) ?? ref) }
      : entry,
  );
  return {
    ...forward,
    tape: {
      ...tape,
      entries: [...constants, ...ops],
      dead: [...tape.dead, ...constants.map(() => true)],
    },
  };
}
