import { attr } from '../attributes';
import { isShapeless } from '../deferred/program';
import type { Entry } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';

/**
 * A forward pass in which the shape of what an op gives is said where TensorFlow can't infer it, so that those
 * of all that follows are known; a run in which it were another would be an error.
 */
export function ensureShapes(forward: ForwardTape): ForwardTape {
  const { tape, results } = forward;
  const entries: Entry[] = [];
  const dead = [...tape.dead];
  const ensured = new Map<number, number>();
  for (const entry of tape.entries) {
    if (entry.kind === 'constant') {
      entries.push(entry);
      continue;
    }
    entries.push({ ...entry, refs: entry.refs.map((ref) => ensured.get(ref) ?? ref) });
    const [type] = entry.outputs;
    // A result has to stay the value that it is.
    if (type === undefined || !isShapeless(entry.name) || results.includes(entry.first)) continue;
    const first = dead.push(true) - 1;
    entries.push({
      kind: 'op',
      name: 'EnsureShape',
      attributes: [attr.shape('shape', type.shape), attr.type('T', type.dtype)],
      refs: [entry.first],
      outputs: [type],
      first,
    });
    ensured.set(entry.first, first);
  }
  return { ...forward, tape: { ...tape, entries, dead } };
}
