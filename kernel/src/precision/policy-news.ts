import { host, type Host } from '../host';
import type { PolicyReport } from '../payloads/comms';
import { policyName, type Policy } from './policy';

/** A policy and the layers it leaves out. */
interface Told {
  readonly policy: Policy;
  readonly keep: { toString(): string };
}

/** A loop that enters a scope in each step is under that scope's policy, and not now and then. */
const LEFT_FOR_MS = 500;

/** Scopes that take turns in each step of a loop are told no more often, by what was entered last. */
const INTERVAL_MS = 50;

/** Tells the notebook's front ends each change of the precision policy. Does nothing in a plain script. */
export class PolicyNews {
  private last = '';
  /** When a scope was left of which nobody was told yet. */
  private leftMs: number | undefined;
  private dueMs = -Infinity;
  private toldMs = -Infinity;
  /** There is a change that came too soon after the one before. */
  private isLate = false;
  private waitsForEnd = false;

  /** `now`: the session's regime and the one in force, which may be another. */
  constructor(private readonly now: () => readonly [session: Told, inForce: Told]) {}

  /** There is a change. */
  tell(): void {
    const notebook = host();
    if (notebook === undefined) return;
    this.leftMs = undefined;
    if (performance.now() - this.toldMs >= INTERVAL_MS || this.isKnown) {
      this.say(notebook);
      return;
    }
    this.atEndOf(notebook);
    if (this.isLate) return;
    this.isLate = true;
    setTimeout(() => {
      // Between two steps none is in force: that is told when it lasts.
      if (this.isLate && this.leftMs === undefined) this.say(notebook);
    }, INTERVAL_MS).unref();
  }

  /** A scope was left: it is told in half a second or when the cell ends, unless one is entered before. */
  tellSoon(): void {
    const notebook = host();
    if (notebook === undefined) return;
    this.atEndOf(notebook);
    this.leftMs = performance.now();
    // An interrupt ends timers: one that is overdue is not waited for.
    if (this.leftMs >= this.dueMs) this.wait(LEFT_FOR_MS);
  }

  private get report(): PolicyReport {
    const [session, inForce] = this.now();
    return {
      policy: policyName(session.policy),
      keep: session.keep.toString(),
      running: inForce === session ? null : policyName(inForce.policy),
    };
  }

  private get isKnown(): boolean {
    return JSON.stringify(this.report) === this.last;
  }

  private say(notebook: Host): void {
    this.isLate = false;
    this.leftMs = undefined;
    if (this.isKnown) return;
    const { report } = this;
    this.last = JSON.stringify(report);
    this.toldMs = performance.now();
    // Whoever can't be told must not fail the training.
    notebook.call('policy.tell', report).catch(() => undefined);
  }

  /** What is to be told yet is told when the running cell ends. */
  private atEndOf(notebook: Host): void {
    if (this.waitsForEnd) return;
    this.waitsForEnd = true;
    notebook.onCellEnd(() => {
      this.waitsForEnd = false;
      if (this.isLate || this.leftMs !== undefined) this.say(notebook);
    });
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
