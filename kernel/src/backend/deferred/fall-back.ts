import { attr } from '../attributes';
import type { Handles } from './handles';
import type { Pending, PendingCall } from './pending';
import type { Recorder } from './recorder';
import { READ } from './variable-ops';

/**
 * Runs the calls that wait one by one, in their order, as if they had never waited, and records them.
 *
 * @throws TensorFlow's error of the first call that fails. What was to come after it is lost, as it would
 * never have been called; variables keep what they have, and handles that were to be deleted are.
 */
export function fallBack(handles: Handles, pending: Pending, recorder: Recorder | undefined): void {
  const { calls, fed, base, gone } = pending;
  const again = revived(handles, gone);
  let done = 0;
  try {
    for (const call of calls) {
      done += 1;
      if (call.kind === 'delete') {
        const real = again.get(call.id);
        if (real !== undefined) handles.delete(real);
        else if (!gone.has(call.id)) handles.delete(call.id);
        recorder?.delete(call.id);
      } else if (call.kind === 'constant') {
        const { id, type, data } = call;
        handles.adopt(
          id,
          fed.get(id - base) ?? handles.create(type.shape, type.dtype, data.slice()),
        );
        recorder?.constant(id, type.shape, type.dtype, data);
      } else {
        const { name, attributes, ids, outputs, first } = call;
        const noted = recorder?.op(name, attributes, ids);
        const inputs = again.size === 0 ? ids : ids.map((id) => again.get(id) ?? id);
        const results = handles.execute(name, attributes, inputs, outputs.length);
        results.forEach(({ id }, i) => {
          handles.adopt(first + i, id);
        });
        noted?.(results.map((result, i) => ({ ...result, id: first + i })));
      }
    }
  } catch (error) {
    for (const call of calls.slice(done)) abandon(handles, pending, call);
    handles.noteFailure(error);
    throw error;
  }
}

/** A call that never ran: variables keep the value that they have, all other results are lost. */
function abandon(handles: Handles, { fed, base, gone, deleted }: Pending, call: PendingCall): void {
  if (call.kind === 'delete') {
    if (!gone.has(call.id)) handles.delete(call.id);
  } else if (call.kind === 'constant') {
    const real = fed.get(call.id - base);
    if (real !== undefined) handles.delete(real);
  } else if (call.name === READ && !deleted.has(call.first)) {
    handles.fulfilLazily(call.first, call.ids[0] ?? -1);
  }
}

/** Handles in the place of those that were deleted ahead of their call: the resource still has their value. */
function revived(
  handles: Handles,
  gone: ReadonlyMap<number, number | undefined>,
): ReadonlyMap<number, number> {
  const again = new Map<number, number>();
  for (const [id, resource] of gone) {
    const dtype = resource === undefined ? undefined : handles.typeOf(resource)?.dtype;
    if (resource === undefined || dtype === undefined) continue;
    const [read] = handles.execute(READ, [attr.type('dtype', dtype)], [resource], 1);
    if (read !== undefined) again.set(id, read.id);
  }
  return again;
}
