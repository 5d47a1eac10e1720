import {
  JOURNAL_TARGET,
  type JournaledQuestion,
  type JournaledRun,
  type JournalMessage,
} from '../../payloads/comms';
import type { Broadcast, JsonObject, Outbox, Request } from '../protocol/message';
import { JournalRun } from './journal-run';
import { NotebookNames } from './notebook-names';
import type { OwnComm, OwnTarget } from './own-comms';
import type { QuestionBoard } from './question-board';

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
 * The last run of each cell; of one that a saved file has, as a front end says, what it shows later. A page
 * that is loaded again, or a second one, gets none of what was sent before it came: it asks here. It hears of
 * no run that is another notebook's: a copy has the same ids of cells.
 */
export class Journal implements OwnTarget, QuestionBoard {
  readonly name = JOURNAL_TARGET;
  /** By the id of the request; the oldest first. */
  private readonly runs = new Map<string, JournalRun>();
  private readonly notebooks = new NotebookNames();
  private readonly comms = new Set<OwnComm>();
  private question: JournaledQuestion | null = null;
  private answer: ((value: string) => void) | undefined;

  constructor(private readonly limits = LIMITS) {}

  /** The outbox, with all that goes through it noted. */
  noting(outbox: Outbox): Outbox {
    return {
      publish: (message) => {
        this.take(message);
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
    const { msg_id: id, session } = header;
    const isMine = (run: JournalRun): boolean => this.notebooks.areSame(run.session, session);
    if (Array.isArray(deletedCells)) {
      this.forget((run) => isMine(run) && deletedCells.includes(run.cellId));
    }
    if (typeof cellId !== 'string' || content['silent'] === true) return;
    this.forget((run) => isMine(run) && run.cellId === cellId);
    this.runs.set(id, new JournalRun(id, cellId, session, this.limits.bytesARun));
  }

  opened(comm: OwnComm, { notebook }: JsonObject): void {
    this.learn(comm, notebook);
    const send = (run: JournaledRun | null): void => {
      comm.send({ run } satisfies JournalMessage);
    };
    for (const run of this.runs.values()) {
      if (this.notebooks.maySee(comm.session, run.session)) send(run.toJSON());
    }
    send(null);
    this.comms.add(comm);
    if (this.question !== null && this.mayAnswer(comm, this.question)) {
      comm.send({ question: this.question } satisfies JournalMessage);
    }
  }

  closed(comm: OwnComm): void {
    this.comms.delete(comm);
  }

  show(question: JournaledQuestion | null, answer?: (value: string) => void): boolean {
    const before = this.question;
    const concerned = (of: JournaledQuestion | null): OwnComm[] =>
      of === null ? [] : [...this.comms].filter((comm) => this.mayAnswer(comm, of));
    const told = new Set([...concerned(before), ...concerned(question)]);
    this.question = question;
    this.answer = answer;
    for (const comm of told) {
      const isFor = question !== null && this.mayAnswer(comm, question);
      comm.send({ question: isFor ? question : null } satisfies JournalMessage);
    }
    return concerned(question).length > 0;
  }

  note(requestId: string, text: string): void {
    this.runs.get(requestId)?.add('stream', { name: 'stdin', text });
    this.shrink();
  }

  /** A front end has saved what it saw, its notebook has another name, or its user has answered. */
  message(comm: OwnComm, { requestIds, cellIds, notebook, answer }: JsonObject): void {
    this.learn(comm, notebook);
    this.hear(answer);
    if (!Array.isArray(requestIds) || !Array.isArray(cellIds)) return;
    for (const run of this.runs.values()) {
      const isKept = requestIds.includes(run.requestId) && cellIds.includes(run.cellId);
      if (isKept && run.state === 'ended') run.save();
    }
  }

  private take({ type, content, parent }: Broadcast): void {
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

  /** Whoever answers first is heard. */
  private hear(message: unknown): void {
    const { id, value } = (message ?? {}) as { readonly id?: unknown; readonly value?: unknown };
    if (id === this.question?.id && typeof value === 'string') this.answer?.(value);
  }

  private mayAnswer({ session }: OwnComm, { requestId }: JournaledQuestion): boolean {
    const run = this.runs.get(requestId);
    return run !== undefined && this.notebooks.maySee(session, run.session);
  }

  private learn({ session }: OwnComm, notebook: unknown): void {
    if (typeof notebook !== 'string') return;
    this.notebooks.name(session, notebook);
    // Of what a cell has run before its page said whose it is, the last run stays.
    const mine = [...this.runs.values()].filter((run) =>
      this.notebooks.areSame(run.session, session),
    );
    const last = new Map(mine.map((run) => [run.cellId, run]));
    this.forget((run) => mine.includes(run) && last.get(run.cellId) !== run);
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
