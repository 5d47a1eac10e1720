import {
  variableRows,
  VARIABLES_TARGET,
  variableValues,
  type VariablesMessage,
  type VariablesRequest,
} from '../../payloads/comms';
import { HalfnoteError } from '../../errors';
import { VARIABLES_TOLD } from '../../runtime/messages';
import type { JsonObject } from '../protocol/message';
import type { CallHandler } from './calls';
import { Listeners } from './listeners';
import type { OwnComm, OwnTarget } from './own-comms';

/** Cells that follow one another at once are one change for a reader. */
const SETTLES_MS = 100;
/** A cell that takes less is not said to be busy. */
const BUSY_AFTER_MS = 300;

/**
 * The notebook's variables for the pages that show them: when one opens its list, and after each cell. The
 * cell process is asked, and answers when it comes to it; until then a page is told that it is busy.
 */
export class VariablesNews implements OwnTarget {
  readonly name = VARIABLES_TARGET;
  private readonly listeners = new Listeners<true>();
  /** Pages that want the values of a variable. */
  private readonly wanted = new Map<string, Set<OwnComm>>();
  private isBusy = false;
  private settles: NodeJS.Timeout | undefined;
  private busy: NodeJS.Timeout | undefined;

  /** `ask` asks the cell process, where there is one. */
  constructor(private readonly ask: (params: VariablesRequest) => void) {}

  readonly calls: Readonly<Record<string, CallHandler>> = {
    [VARIABLES_TOLD]: (_requestId, params) => {
      this.told(params);
    },
  };

  opened(comm: OwnComm, data: JsonObject): void {
    this.message(comm, data);
  }

  /** A page wants the list, or the values of one variable, or only goes on to listen. */
  message(comm: OwnComm, { values: name }: JsonObject): void {
    const isNew = !this.listeners.all.some(([known]) => known === comm);
    this.listeners.hear(comm, true);
    if (isNew) {
      this.send(comm, { rows: null });
      this.ask({});
    }
    if (typeof name !== 'string') return;
    if (this.isBusy) {
      this.send(comm, { values: { name, of: { kind: 'none', why: 'busy' } } });
      return;
    }
    this.wanted.set(name, (this.wanted.get(name) ?? new Set()).add(comm));
    this.ask({ values: name });
  }

  closed(comm: OwnComm): void {
    this.listeners.forget(comm);
    for (const comms of this.wanted.values()) comms.delete(comm);
  }

  /** A cell begins. */
  began(): void {
    this.isBusy = true;
    this.busy ??= setTimeout(() => {
      this.sendAll({});
    }, BUSY_AFTER_MS).unref();
  }

  /** A cell has ended. */
  ended(): void {
    clearTimeout(this.busy);
    this.busy = undefined;
    this.isBusy = false;
    if (this.listeners.all.length === 0) return;
    this.settles ??= setTimeout(() => {
      this.settles = undefined;
      this.ask({});
    }, SETTLES_MS).unref();
  }

  /** The cell process is gone, with all variables. */
  lost(): void {
    this.wanted.clear();
    this.sendAll({ rows: [] });
  }

  private told(params: JsonObject): void {
    const rows = variableRows(params['rows']);
    const { hidden, values } = params;
    if (rows === undefined || typeof hidden !== 'number') {
      throw new HalfnoteError(
        'invalid-request',
        `${VARIABLES_TOLD}: ${JSON.stringify(params).slice(0, 60)}, expected { rows, hidden, values }`,
      );
    }
    this.sendAll({ rows, hidden });
    if (values === null) return;
    const { name, of } = values as { readonly name: string; readonly of: unknown };
    const read = variableValues(of);
    if (read === undefined) return;
    for (const comm of this.wanted.get(name) ?? []) this.send(comm, { values: { name, of: read } });
    this.wanted.delete(name);
  }

  private sendAll(news: Partial<VariablesMessage>): void {
    for (const [comm] of this.listeners.all) this.send(comm, news);
  }

  private send(comm: OwnComm, news: Partial<VariablesMessage>): void {
    const none = { rows: null, hidden: 0, values: null };
    comm.send({ busy: this.isBusy, ...none, ...news } satisfies VariablesMessage);
  }
}
