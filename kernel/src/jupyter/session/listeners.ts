import { LISTENS_FOR_S } from '../../payloads/comms';
import type { OwnComm } from './own-comms';

interface Listener<T> {
  wants: T;
  untilMs: number;
}

/**
 * Front ends that listen now, and what each wants. One that is gone without a word, or that nobody looks
 * at, is forgotten after {@link LISTENS_FOR_S}, until it asks again.
 */
export class Listeners<T> {
  private readonly known = new Map<OwnComm, Listener<T>>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** It listens from now on. */
  hear(comm: OwnComm, wants: T): void {
    this.known.set(comm, { wants, untilMs: this.nowMs() + LISTENS_FOR_S * 1000 });
  }

  forget(comm: OwnComm): void {
    this.known.delete(comm);
  }

  /** Those that listen. */
  get all(): readonly (readonly [comm: OwnComm, wants: T])[] {
    for (const [comm, { untilMs }] of this.known)
      if (untilMs <= this.nowMs()) this.known.delete(comm);
    return Array.from(this.known, ([comm, { wants }]) => [comm, wants] as const);
  }
}
