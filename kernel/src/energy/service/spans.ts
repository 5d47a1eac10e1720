import { HalfnoteError } from '../../errors';
import type { OpenWindow } from '../monitor/monitor';
import type { WindowEnergy } from '../window';

/** Ended spans that are kept for a late answer. */
const KEPT = 100;

interface Span {
  readonly requestId: string;
  readonly window: OpenWindow;
}

/** The windows that cells have opened, by the number under which they ask for their end. */
export class Spans {
  private readonly open = new Map<number, Span>();
  /** Ended with their cell. Work that has caught its interrupt may still ask for them. */
  private readonly interrupted = new Map<number, WindowEnergy>();
  private last = 0;

  begin(requestId: string, window: OpenWindow): number {
    this.open.set(++this.last, { requestId, window });
    return this.last;
  }

  /** @throws HalfnoteError `unknown-window` for one that isn't open. */
  end(id: number): WindowEnergy {
    const span = this.open.get(id);
    const ended = span?.window.end() ?? this.interrupted.get(id);
    if (ended === undefined) {
      throw new HalfnoteError('unknown-window', `No energy window ${id} is open.`);
    }
    this.open.delete(id);
    return ended;
  }

  /** Ends those of a cell that did not come to its end; without one, all. The latest first. */
  interrupt(requestId?: string): void {
    for (const [id, span] of [...this.open].reverse()) {
      if (requestId !== undefined && span.requestId !== requestId) continue;
      this.open.delete(id);
      this.interrupted.set(id, span.window.end('interrupted'));
      const [oldest] = this.interrupted.keys();
      if (this.interrupted.size > KEPT && oldest !== undefined) this.interrupted.delete(oldest);
    }
  }
}
