import { host } from '../host';
import type { PolicyReport } from '../payloads/comms';
import { policyName, type Policy } from './policy';

/** A policy and the layers it leaves out. */
interface Told {
  readonly policy: Policy;
  readonly keep: { toString(): string };
}

/** A loop that enters a scope in each step is under that scope's policy, and not now and then. */
const LEFT_FOR_MS = 500;

/** Tells the notebook's front ends each change of the precision policy. Does nothing in a plain script. */
export class PolicyNews {
  private last = '';
  /** When a scope was left of which nobody was told yet. */
  private leftMs: number | undefined;
  private dueMs = -Infinity;

  /** `now`: the session's regime and the one in force, which may be another. */
  constructor(private readonly now: () => readonly [session: Told, inForce: Told]) {}

  /** There is a change. */
  tell(): void {
    const notebook = host();
    if (notebook === undefined) return;
    this.leftMs = undefined;
    const [session, inForce] = this.now();
    const report: PolicyReport = {
      policy: policyName(session.policy),
      keep: session.keep.toString(),
      running: inForce === session ? null : policyName(inForce.policy),
    };
    const text = JSON.stringify(report);
    if (text === this.last) return;
    this.last = text;
    // Whoever can't be told must not fail the training.
    notebook.call('policy.tell', report).catch(() => undefined);
  }

  /** A scope was left: it is told in half a second or when the cell ends, unless one is entered before. */
  tellSoon(): void {
    const notebook = host();
    if (notebook === undefined) return;
    if (this.leftMs === undefined) {
      notebook.onCellEnd(() => {
        if (this.leftMs !== undefined) this.tell();
      });
    }
    this.leftMs = performance.now();
    // An interrupt ends timers: one that is overdue is not waited for.
    if (this.leftMs >= this.dueMs) this.wait(LEFT_FOR_MS);
  }

  private wait(ms: number): void {
    this.dueMs = performance.now() + ms;
    setTimeout(() => {
      if (this.leftMs === undefined) return;
      const restMs = this.leftMs + LEFT_FOR_MS - performance.now();
      if (restMs > 0) this.wait(restMs);
      else this.tell();
    }, ms).unref();
  }
}
