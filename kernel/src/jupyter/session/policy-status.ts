import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_REPORT, POLICY_TARGET, policyReport } from '../../payloads/comms';
import type { PolicyReport } from '../../payloads/comms';
import { HalfnoteError } from '../../errors';
import type { CallHandler } from './calls';
import type { OwnComm, OwnTarget } from './own-comms';

/** Scopes may come and go with each step; a person reads no faster. */
const INTERVAL_MS = 100;

/**
 * The precision policy as the cell process last told it, for all front ends: at each change, and to one
 * that connects, also while a cell keeps the cell process busy.
 */
export class PolicyStatus implements OwnTarget {
  readonly name = POLICY_TARGET;
  private report: PolicyReport = DEFAULT_REPORT;
  /** What each front end was told last. */
  private readonly comms = new Map<OwnComm, PolicyReport>();
  private timer: NodeJS.Timeout | undefined;
  private sentMs = -Infinity;

  /** `heard` is told each change at once. */
  constructor(private readonly heard: (report: PolicyReport) => void = () => undefined) {}

  /** As it was told last. */
  get now(): PolicyReport {
    return this.report;
  }

  readonly calls: Readonly<Record<string, CallHandler>> = {
    'policy.tell': (_requestId, params) => {
      const report = policyReport(params);
      if (report === undefined) {
        throw new HalfnoteError(
          'invalid-request',
          `policy.tell: ${JSON.stringify(params).slice(0, 60)}, expected { policy, keep, running }`,
        );
      }
      this.set(report);
    },
  };

  opened(comm: OwnComm): void {
    this.tell(comm);
  }

  closed(comm: OwnComm): void {
    this.comms.delete(comm);
  }

  /** The cell process is gone; the next one begins as each does. */
  reset(): void {
    this.set(DEFAULT_REPORT);
  }

  private set(report: PolicyReport): void {
    this.report = report;
    this.heard(report);
    const waitMs = this.sentMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.send();
    else
      this.timer ??= setTimeout(() => {
        this.send();
      }, waitMs).unref();
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sentMs = performance.now();
    // A scope that has come and gone meanwhile is nothing to tell.
    for (const [comm, last] of this.comms)
      if (!isDeepStrictEqual(last, this.report)) this.tell(comm);
  }

  private tell(comm: OwnComm): void {
    this.comms.set(comm, this.report);
    comm.send(this.report);
  }
}
