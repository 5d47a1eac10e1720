import type { PolicyReport } from '../../payloads/comms';
import type { Request } from '../protocol/message';

/** What is known of a cell's run besides its outputs. */
export interface CellRecord {
  /** Of the cell in the notebook's file; null where the front end has not told it. */
  readonly cellId: string | null;
  /** The precision policies under which it ran, in this order. */
  readonly policies: readonly string[];
}

/** Runs that are kept: more than the windows of energy that are told apart. */
const MOST = 3000;
/** Policies of one run; a loop may enter scopes in turns. */
const MOST_POLICIES = 8;

/** The cells that have run, by the id of their request: which they are, and what they were computed in. */
export class CellRecords {
  private readonly records = new Map<string, { cellId: string | null; policies: string[] }>();
  private running: string | undefined;

  begin({ header, metadata }: Request, policy: PolicyReport): void {
    const { cellId } = metadata;
    const id = typeof cellId === 'string' ? cellId : null;
    this.running = header.msg_id;
    this.records.set(header.msg_id, { cellId: id, policies: [] });
    const [oldest] = this.records.keys();
    if (this.records.size > MOST && oldest !== undefined) this.records.delete(oldest);
    this.hear(policy);
  }

  end({ header }: Request): void {
    if (this.running === header.msg_id) this.running = undefined;
  }

  /** The policy has changed: for the running cell, where there is one. */
  hear({ policy, running }: PolicyReport): void {
    const policies = this.records.get(this.running ?? '')?.policies;
    const now = running ?? policy;
    if (policies !== undefined && policies.length < MOST_POLICIES && policies.at(-1) !== now)
      policies.push(now);
  }

  of(requestId: string | undefined): CellRecord | undefined {
    return this.records.get(requestId ?? '');
  }
}
