import { HalfnoteError } from '../../errors';
import { parsePayload } from '../protocol/payload';
import type { Payload } from '../protocol/payload';
import type { CallHandler } from './calls';

/** What the running cell asks its front end to do with the reply, as IPython's `%load` does. */
export class Payloads {
  private readonly running = new Map<string, Payload[]>();

  /** `Host.call('payload.add', payload)`. */
  readonly calls: Readonly<Record<string, CallHandler>> = {
    'payload.add': (requestId, params) => {
      const payload = parsePayload(params);
      if (this.add(requestId, payload)) return;
      throw new HalfnoteError(
        'cell-ended',
        `The cell has ended, so its reply can't carry a "${payload.source}" payload any more.`,
        'Add payloads while the cell runs, for example with await.',
      );
    },
  };

  /** From now on the cell of this request may add payloads. */
  open(requestId: string): void {
    this.running.set(requestId, []);
  }

  /** What the cell added, in order. */
  take(requestId: string): readonly Payload[] {
    const added = this.running.get(requestId) ?? [];
    this.running.delete(requestId);
    return added;
  }

  /** False when the cell has ended: its reply is gone. */
  add(requestId: string, payload: Payload): boolean {
    const added = this.running.get(requestId);
    if (added === undefined) return false;
    // A front end fills one next cell: the last one asked for counts.
    const at = added.findIndex(({ source }) => source === payload.source);
    if (payload.source === 'set_next_input' && at >= 0) added[at] = payload;
    else added.push(payload);
    return true;
  }
}
