import { Turn } from '../../runtime/turn';
import type { Request } from '../protocol/message';

/** An execute request while it is worked on, as an interrupt sees it. */
export class RunningRequest {
  /** Until the runtime has its code. */
  readonly turn = new Turn();
  /** True: its code has ended, so an interrupt is meant for what waits behind it. */
  hasRun = false;
  /** True: there was such an interrupt. */
  isMissed = false;

  /** By `performance.now()`. */
  readonly arrivedMs = performance.now();

  constructor(readonly request: Request) {}

  interrupt(): void {
    if (this.hasRun) this.isMissed = true;
    else this.turn.interrupt();
  }
}
