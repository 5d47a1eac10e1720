import { JOURNAL_TARGET, type JournalMessage } from '../../payloads/comms';
import type { Broadcast, JsonObject, Outbox, Request } from '../protocol/message';
import { JournalRun } from './journal-run';
import type { OwnComm, OwnTarget } from './own-comms';

export interface JournalLimits {
  /** What the runs take together; the oldest that have ended go first. */
  readonly bytes: number;
  readonly bytesARun: number;
}

const LIMITS: JournalLimits = { bytes: 32 * 2 ** 20, bytesARun: 8 * 2 ** 20 };

const OUTPUTS: ReadonlySet<string> = new Set([
  'stream',
  'display_data',
  'execute_result',
  'error',
  'clear_output',
]);

/**
 * The last run of each cell; of one that a saved file has, as a front end says, what it shows later. A page that is loaded
 * again, or a second one, gets none of what was sent before it came: it asks here.
 */
export class Journal implements OwnTarget {
  readonly name = JOURNAL_TARGET;
  /** By the id of the request; the oldest first. */
  private readonly runs = new Map<string, JournalRun>();

  constructor(private readonly limits = LIMITS) {}

  /** The outbox, with all that goes through it noted. */
  noting(outbox: Outbox): Outbox {
    return {
      publish: (message) => {
        this.note(message);
        outbox.publish(message);
      },
      reply: (request, reply) => {
        outbox.reply(request, reply);
      },
      ask: (request, id, question) => outbox.ask(request, id, question),
    };
  }

  /** A cell is to be run: what an earlier run of it has shown is seen nowhere any more. */
  begin({ header, metadata, content }: Request): void {
    const { cellId, deletedCells } = metadata;
    if (Array.isArray(deletedCells)) this.forget((run) => deletedCells.includes(run.cellId));
    if (typeof cellId !== 'string' || content['silent'] === true) return;
    this.forget((run) => run.cellId === cellId);
    this.runs.set(header.msg_id, new JournalRun(header.msg_id, cellId, this.limits.bytesARun));
  }

  opened(comm: OwnComm): void {
    const send = (run: JournalMessage['run']): void => {
      comm.send({ run } satisfies JournalMessage);
    };
    for (const run of this.runs.values()) send(run.toJSON());
    send(null);
  }

  /** A front end has saved what it saw. */
  message(_comm: OwnComm, { requestIds, cellIds }: JsonObject): void {
    if (!Array.isArray(requestIds) || !Array.isArray(cellIds)) return;
    for (const run of this.runs.values()) {
      const isKept = requestIds.includes(run.requestId) && cellIds.includes(run.cellId);
      if (isKept && run.state === 'ended') run.save();
    }
  }

  private note({ type, content, parent }: Broadcast): void {
    if (type === 'update_display_data') {
      const { transient, ...rest } = content;
      const { display_id: id } = transient as { readonly display_id?: unknown };
      for (const run of this.runs.values()) run.update(id, rest);
    } else {
      const run = this.runs.get(parent?.msg_id ?? '');
      if (run === undefined) return;
      if (OUTPUTS.has(type)) run.add(type, content);
      else if (type === 'execute_input') {
        run.state = 'running';
        run.executionCount = Number(content['execution_count']);
      } else if (type === 'status' && content['execution_state'] === 'idle') run.state = 'ended';
    }
    this.shrink();
  }

  private shrink(): void {
    let bytes = 0;
    for (const run of this.runs.values()) bytes += run.bytes;
    for (const [id, run] of this.runs) {
      if (bytes <= this.limits.bytes) return;
      if (run.state !== 'ended') continue;
      this.runs.delete(id);
      bytes -= run.bytes;
    }
  }

  private forget(isToGo: (run: JournalRun) => boolean): void {
    for (const [id, run] of this.runs) if (isToGo(run)) this.runs.delete(id);
  }
}
