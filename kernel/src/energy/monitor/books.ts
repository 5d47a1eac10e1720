import { TICK_S } from '../accounts/usage';
import type { Usage } from '../accounts/usage';
import type { Absence } from '../devices/meter';
import type { WindowEnergy } from '../window';
import { Background } from './background';
import type { Channel, Slice } from './channel';
import { correct } from './correct';
import { corrections } from './corrections';
import { foldable, folded } from './folded';
import { idleSpread } from './idle-spread';
import { foreground, WindowRecord } from './record';
import { cpuOf, share } from './shares';
import { backgroundSum } from './sums';
import { nothingMeasured, problemsOf } from './problems';

/** The name of all that happens while no window is open. */
const OUTSIDE = 'outside cells';

/** The windows of a session, and who of them takes what of each slice. */
export class Books {
  readonly session: WindowRecord;
  private readonly outside: WindowRecord;
  private readonly open: WindowRecord[] = [];
  private ended: WindowEnergy[] = [];
  private readonly background: Background;
  private last: { readonly usage: Usage; readonly atS: number } | undefined;
  private nextId: number;
  /** What all windows lack. */
  private readonly lacks: readonly string[];

  constructor(
    private readonly channels: readonly Channel[],
    private readonly absent: readonly Absence[],
    startedAtS: number,
    since: number,
    nextId = 1,
  ) {
    this.nextId = nextId;
    this.lacks = problemsOf(channels, absent);
    const common = { startedAtS, since };
    this.session = this.record({ ...common, parent: null, name: 'session', kind: 'session' });
    const { id: parent } = this.session;
    this.outside = this.record({ ...common, parent, name: OUTSIDE, kind: 'outside' });
    // What a cell leaves behind goes on after its end: no part of the cell's own figures.
    this.background = new Background((named) =>
      this.record({ ...named, parent, kind: 'background', since: 0 }),
    );
  }

  get hasOpen(): boolean {
    return this.open.length > 0;
  }

  begin(name: string, kind: 'cell' | 'span', startedAtS: number, since: number): WindowRecord {
    // Cells are the session's own, whatever earlier ones have left open.
    const outer = kind === 'cell' ? undefined : this.open.at(-1);
    const parent = (outer ?? this.session).id;
    const record = this.record({ parent, name, kind, startedAtS, since });
    for (const channel of this.channels)
      if (channel.failure !== undefined) record.fail(channel, channel.failure);
    if (kind === 'cell') this.background.name(record.id, name);
    this.open.push(record);
    return record;
  }

  end(record: WindowRecord, status: 'ended' | 'interrupted', nowS: number): WindowEnergy {
    record.status = status;
    this.open.splice(this.open.indexOf(record), 1);
    const window = (record.result = this.figures(record, nowS));
    this.ended.push(window);
    const old = foldable(this.ended);
    if (old > 0)
      this.ended = [folded(this.ended.slice(0, old), this.session.id), ...this.ended.slice(old)];
    return window;
  }

  lastOpen(name: string): WindowRecord | undefined {
    return this.open.findLast(({ options }) => options.name === name);
  }

  figures(record: WindowRecord, nowS: number): WindowEnergy {
    const { kind, startedAtS } = record.options;
    if (kind !== 'outside' && kind !== 'background') record.durationS = nowS - startedAtS;
    return record.figures(this.channels);
  }

  /** Nothing, under a name that no open window has. */
  unknown(name: string): WindowEnergy {
    const parent = this.session.id;
    return nothingMeasured(name, parent, `no window "${name}" is open`);
  }

  /** What no window's end tells of the session: that of windows still open, and of no window. */
  unended(nowS: number, alive: ReadonlySet<number>): readonly WindowEnergy[] {
    this.background.mark(alive, this.hasOpen);
    const own = [...this.background.records, this.outside, this.session];
    return [...this.open, ...own].map((record) => this.figures(record, nowS));
  }

  all(nowS: number, alive: ReadonlySet<number>): readonly WindowEnergy[] {
    this.background.mark(alive, this.hasOpen);
    const of = (record: WindowRecord): WindowEnergy => this.figures(record, nowS);
    const others = [...this.ended, ...this.open.map(of), ...this.background.records.map(of)];
    const windows = [of(this.session), of(this.outside), ...others.sort((a, b) => a.id - b.id)];
    // Those within one that has become part of another row.
    const ids = new Set(windows.map(({ id }) => id));
    const { id: parent } = this.session;
    return windows.map((window) =>
      window.parent === null || ids.has(window.parent) ? window : { ...window, parent },
    );
  }

  /** Books for a session that begins now. Windows that are open begin anew with it. */
  renewed(nowS: number, since: number): Books {
    const books = new Books(this.channels, this.absent, nowS, since, this.nextId);
    books.last = this.last;
    for (const record of this.open) {
      const parent = this.open.find(({ id }) => id === record.options.parent) ?? books.session;
      record.restart(parent.id, nowS, since);
      for (const problem of this.lacks) record.problems.add(problem);
      books.open.push(record);
    }
    books.background.takeNames(this.background);
    return books;
  }

  bookCpu(usage: Usage, nowS: number): void {
    const { last } = this;
    this.last = { usage, atS: nowS };
    for (const record of [this.session, this.outside, ...this.open])
      for (const problem of usage.problems) record.problems.add(problem);
    if (last === undefined) return;
    const { user, halfnote, background, busy } = cpuOf(last.usage, usage);
    const left = [...background.values()].reduce((sum, cpuS) => sum + cpuS, 0);
    const rest = busy - user - halfnote;
    for (const correction of corrections(last.usage, usage))
      correct(correction, {
        session: this.session,
        open: this.open,
        outside: this.outside,
        channels: this.channels,
        backgroundOf: (cell) => this.background.of(cell, last.atS),
      });
    const wallS = Math.max(0, usage.userWallS - last.usage.userWallS);
    for (const record of [this.session, ...(this.hasOpen ? this.open : [this.outside])]) {
      record.takeWall(wallS);
      record.takeSteps(last.usage);
      record.takeSteps(usage);
    }
    this.session.takeCpu({ user: user + left, halfnote, rest: rest - left });
    for (const record of this.open) record.takeCpu({ user, halfnote, rest });
    if (!this.hasOpen) {
      this.outside.takeCpu({ user, halfnote, rest: rest - left });
      this.outside.durationS += nowS - last.atS;
    }
    this.background.hear(background);
    for (const [cell, cpuS] of background) {
      const record = this.background.of(cell, last.atS);
      record.takeCpu({ user: cpuS, halfnote: 0, rest: 0 });
      record.takeSteps({ ...usage, stepsS: { user: TICK_S, halfnote: 0 } });
      record.durationS += nowS - last.atS;
    }
  }

  bookEnergy(channel: Channel, slice: Slice | undefined): void {
    const { failure } = channel;
    if (failure !== undefined) {
      const meant = this.hasOpen ? this.open : [this.outside];
      for (const record of [this.session, ...meant]) record.fail(channel, failure);
    }
    if (slice === undefined) return;
    const within = this.open.filter((record) => record.holds(slice));
    const shares = share(channel.meter, slice, within.length > 0);
    const { machine, user, halfnote } = shares;
    const spread = idleSpread(slice);
    const idle = { machine: shares.idle, user: shares.userIdle, spread };
    const left = backgroundSum(shares);
    this.session.takeEnergy(channel, { machine, user: user + left, halfnote }, idle, slice);
    for (const record of within)
      record.takeEnergy(channel, { machine, user, halfnote }, idle, slice);
    const own = foreground(shares);
    const innermost = within.at(-1);
    if (innermost === undefined) this.outside.takeEnergy(channel, own, idle, slice);
    (innermost ?? this.outside).takeExclusive(own);
    // What is in the background is told apart from the foreground, but not by idle and dynamic.
    const unknown = { machine: null, user: null, spread };
    for (const [cell, part] of shares.background) {
      const taken = { machine: part, user: part, halfnote: 0 };
      const record = this.background.of(cell, slice.fromS);
      record.takeEnergy(channel, taken, unknown, slice);
      record.takeExclusive(taken);
    }
  }

  private record(options: Omit<WindowRecord['options'], 'id'>): WindowRecord {
    const record = new WindowRecord({ ...options, id: this.nextId++ });
    for (const problem of this.lacks) record.problems.add(problem);
    return record;
  }
}
