import { isDeepStrictEqual } from 'node:util';
import type { SessionEnergy } from '../../energy/service/session-energy';
import type { WindowEnergy } from '../../energy/window';
import {
  ENERGY_TARGET,
  LEAST_INTERVAL_S,
  type EnergyFigure,
  type EnergyMessage,
  type EnergyRow,
  type PowerSample,
} from '../../payloads/comms';
import type { Quantity } from '../../quantities/quantity';
import type { JsonObject } from '../protocol/message';
import type { CellRecord } from './cell-records';
import { Listeners } from './listeners';
import type { OwnComm, OwnTarget } from './own-comms';

/** Rows that a page is told, the newest. */
const MOST_ROWS = 500;
/** Moments of the power over time: twenty minutes while a page listens. */
const MOST_SAMPLES = 600;
/** Power over a longer time is none of now. */
const NOW_S = 10;
/** No page waits for longer. */
const LONGEST_INTERVAL_S = 60;

interface Wants {
  readonly cells: boolean;
  readonly intervalS: number;
  /** What it was told, by the id of the row. */
  told: ReadonlyMap<number, EnergyRow>;
  /** When its next message is due. */
  dueS: number;
}

export interface EnergyNewsParts {
  /** The session as it stands; undefined while nothing is measured. */
  readonly session: () => SessionEnergy | undefined;
  readonly recordOf: (requestId: string | undefined) => CellRecord | undefined;
  /** A monotonic clock in seconds. */
  readonly nowS?: () => number;
}

/**
 * The energy of the session for the pages that listen: at once, and then every two seconds at most.
 * Nothing is read for it while nobody listens.
 */
export class EnergyNews implements OwnTarget {
  readonly name = ENERGY_TARGET;
  private readonly nowS: () => number;
  private readonly listeners: Listeners<Wants>;
  private readonly power: PowerSample[] = [];
  private last: { readonly atS: number; readonly total: WindowEnergy } | undefined;
  private lastW: { readonly userW: number; readonly machineW: number } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: EnergyNewsParts) {
    const nowS = (this.nowS = parts.nowS ?? (() => performance.now() / 1000));
    this.listeners = new Listeners(() => nowS() * 1000);
  }

  opened(comm: OwnComm, data: JsonObject): void {
    this.message(comm, data);
  }

  /** A page wants to be told, or goes on to. */
  message(comm: OwnComm, data: JsonObject): void {
    const cells = data['wants'] === 'cells';
    const intervalS = intervalOf(data['intervalS']);
    const before = this.listeners.all.find(([known]) => known === comm)?.[1];
    if (before?.cells === cells && before.intervalS === intervalS) {
      this.listeners.hear(comm, before);
      return;
    }
    this.listeners.hear(comm, { cells, intervalS, told: new Map(), dueS: -Infinity });
    this.tell();
    this.timer ??= setInterval(() => {
      this.tell();
    }, LEAST_INTERVAL_S * 1000).unref();
  }

  closed(comm: OwnComm): void {
    this.listeners.forget(comm);
    if (this.listeners.all.length === 0) this.stop();
  }

  /** Tells those whose time has come. */
  tell(): void {
    const { all } = this.listeners;
    if (all.length === 0) {
      this.stop();
      return;
    }
    const nowS = this.nowS();
    // Half a tick early is on time: timers are late now and then, and would leave one out.
    const due = all.filter(([, { dueS }]) => dueS <= nowS + LEAST_INTERVAL_S / 2);
    const session = due.length === 0 ? undefined : this.parts.session();
    if (session === undefined) return;
    this.measurePower(session.total, nowS);
    const rows = due.some(([, { cells }]) => cells) ? this.rowsOf(session) : undefined;
    for (const [comm, wants] of due) {
      wants.dueS = nowS + wants.intervalS;
      const message: EnergyMessage = {
        session: this.reportOf(session),
        ...(wants.cells && rows !== undefined && { cells: this.news(wants, rows) }),
      };
      comm.send(message);
    }
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private measurePower(total: WindowEnergy, nowS: number): void {
    const { last } = this;
    const seconds = nowS - (last?.atS ?? -Infinity);
    // A page that comes within the interval is told the power of before.
    if (seconds < LEAST_INTERVAL_S / 2) return;
    this.last = { atS: nowS, total };
    // A session that was begun anew has less than before.
    const isSame = last !== undefined && last.total.startedAt === total.startedAt;
    if (!isSame || seconds > Math.max(NOW_S, this.longestInterval * 2)) {
      this.lastW = undefined;
      return;
    }
    const watts = (of: (window: WindowEnergy) => Quantity): number =>
      Math.max(0, (of(total).value - of(last.total).value) / seconds);
    this.lastW = { userW: watts((of) => of.energyJ), machineW: watts((of) => of.machineJ) };
    this.power.push([Date.now() / 1000, this.lastW.userW, this.lastW.machineW]);
    if (this.power.length > MOST_SAMPLES) this.power.shift();
  }

  private get longestInterval(): number {
    return Math.max(...this.listeners.all.map(([, { intervalS }]) => intervalS));
  }

  private reportOf(session: SessionEnergy): EnergyMessage['session'] {
    const { total, region, assumed } = session;
    return {
      powerW: this.lastW?.userW ?? null,
      machineW: this.lastW?.machineW ?? null,
      energyJ: figureOf(total.energyJ),
      machineJ: figureOf(total.machineJ),
      method: total.energyJ.method,
      co2eG: session.co2eG(total.energyJ.value),
      region,
      assumed,
    };
  }

  private rowsOf(session: SessionEnergy): { rows: readonly EnergyRow[]; hidden: number } {
    const windows = session.windows();
    const newest = windows.slice(-MOST_ROWS);
    const ids = new Set(newest.map(({ id }) => id));
    const rows = newest.map((window): EnergyRow => {
      const { id, parent, name, kind, status, durationS, energyJ, machineJ } = window;
      const record = this.parts.recordOf(session.requestOf(id));
      return {
        ...{ id, name, status, durationS },
        kind: kind === 'session' ? 'outside' : kind,
        parent: parent !== null && ids.has(parent) ? parent : null,
        energyJ: figureOf(energyJ),
        machineJ: figureOf(machineJ),
        method: energyJ.method,
        co2eG: session.co2eG(energyJ.value),
        cellId: record?.cellId ?? null,
        policies: record === undefined ? [] : [...record.policies],
      };
    });
    return { rows, hidden: windows.length - rows.length };
  }

  private news(
    wants: Wants,
    { rows, hidden }: { rows: readonly EnergyRow[]; hidden: number },
  ): NonNullable<EnergyMessage['cells']> {
    const { told } = wants;
    const now = new Map(rows.map((row) => [row.id, row]));
    wants.told = now;
    const isWhole = told.size === 0 || [...told.keys()].some((id) => !now.has(id));
    const changed = isWhole
      ? rows
      : rows.filter((row) => !isDeepStrictEqual(told.get(row.id), row));
    return { rows: changed, isWhole, hidden, power: this.power };
  }
}

function intervalOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return LEAST_INTERVAL_S;
  return Math.min(LONGEST_INTERVAL_S, Math.max(LEAST_INTERVAL_S, value));
}

function figureOf({ value, low, high, complete }: Quantity): EnergyFigure {
  return { value, low, high, complete };
}
