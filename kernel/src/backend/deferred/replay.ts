import type { FunctionBinding } from './functions';
import type { Handles } from './handles';
import type { Pending } from './pending';
import type { Program } from './program';

/**
 * Runs a program for the calls that wait, and gives their results to the ids that were handed out.
 *
 * @param run Runs it on its inputs; gives the ids of its results.
 * @throws TensorFlow's error. Then no variable was written, unless memory ran out in the update itself,
 * and {@link fallBack} can run the calls one by one.
 */
export function replay(
  binding: FunctionBinding,
  handles: Handles,
  pending: Pending,
  program: Program,
  run: (inputs: readonly number[]) => readonly number[],
): void {
  const { base, references, deleted, fed } = pending;
  const { ids } = references;
  const resources = [...program.written].map((slot) => ids[slot] ?? -1);
  const isFed = new Set<number>();
  const inputs = program.feeds.map((feed) => {
    if (feed.kind === 'constant') return fed.get(feed.value) ?? -1;
    const id = ids[feed.slot] ?? -1;
    isFed.add(id);
    return handles.realOf(id);
  });
  // While a handle holds a variable's value, its update is a copy.
  for (const id of deleted) if (id < base && !isFed.has(id)) pending.deleteNow(id);
  for (const resource of resources) handles.materializeReads(resource);
  const outputs = run(inputs);
  for (const resource of resources) handles.noteWrite(resource);
  // The weights first: they are what a stop right here must not lose.
  for (const [value, slot] of program.lazyReads) {
    if (!deleted.has(base + value)) handles.fulfilLazily(base + value, ids[slot] ?? -1);
  }
  program.outputValues.forEach((value, i) => {
    const real = outputs[i] ?? -1;
    const type = program.types[value];
    if (type === undefined || deleted.has(base + value)) binding.deleteTensor(real);
    else handles.fulfil(base + value, real, type);
  });
  for (const call of pending.calls) {
    if (call.kind !== 'constant') continue;
    const { id, type, data } = call;
    const real = fed.get(id - base);
    if (deleted.has(id)) {
      if (real !== undefined) handles.delete(real);
    } else handles.adopt(id, real ?? handles.create(type.shape, type.dtype, data.slice()));
  }
  for (const id of isFed) if (deleted.has(id)) handles.delete(id);
}
