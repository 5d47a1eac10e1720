import type { Channel } from './channel';
import type { Correction, Owner } from './corrections';
import type { WindowRecord } from './record';
import type { Taken } from './sums';

/** The windows among which a correction moves what has been booked. */
export interface Corrected {
  readonly session: WindowRecord;
  readonly open: readonly WindowRecord[];
  /** What happens while no window is open. */
  readonly outside: WindowRecord;
  readonly backgroundOf: (cell: number) => WindowRecord;
  readonly channels: readonly Channel[];
}

/**
 * Moves CPU seconds, and the energy that they stood for, to whom they belong. Windows that have ended
 * keep what they have told: what they hold of it can't be moved any more.
 */
export function correct(correction: Correction, books: Corrected): void {
  const { from, to, of } = correction;
  const innermost = books.open.at(-1) ?? books.outside;
  const account = from === 'halfnote' ? from : 'user';
  const giver = typeof from === 'number' ? books.backgroundOf(from) : innermost;
  const { seconds, part } = giver.held(account, correction);
  if (part === 0) return;
  for (const channel of books.channels) {
    // What a channel that can't be read has counted since is not booked yet.
    if (!of.includes(channel.meter.component) || channel.failure !== undefined) continue;
    const amount = giver.partOf(channel, account, part);
    for (const [record, by] of changes(books, innermost, from, to, amount)) {
      record.moveEnergy(channel, by);
      if (isBackground(record)) record.takeExclusive(by);
      else if (record === innermost)
        record.takeExclusive({ ...by, machine: between(from, to, amount) });
    }
  }
  if (of.includes('cpu'))
    for (const [record, by] of changes(books, innermost, from, to, seconds)) {
      const { machine, user, halfnote } = by;
      record.takeCpu({ user, halfnote, rest: machine - user - halfnote });
    }
  else if (of.includes('gpu'))
    for (const record of new Set([books.session, innermost, ...books.open]))
      record.takeWall(-seconds);
}

/** What an amount from one to another changes in which window. */
function changes(
  { session, open, outside, backgroundOf }: Corrected,
  innermost: WindowRecord,
  from: Owner,
  to: Correction['to'],
  amount: number,
): readonly (readonly [WindowRecord, Taken])[] {
  const moved = (account: 'user' | 'halfnote', isInAll: boolean): number => {
    const counts = (owner: Owner | 'rest'): boolean =>
      owner === account || (isInAll && account === 'user' && typeof owner === 'number');
    return (counts(to) ? amount : 0) - (counts(from) ? amount : 0);
  };
  const taken = (isInAll: boolean, machine: number): Taken => ({
    machine,
    user: moved('user', isInAll),
    halfnote: moved('halfnote', isInAll),
  });
  const whole: Taken = { machine: amount, user: amount, halfnote: 0 };
  const none: Taken = { machine: -amount, user: -amount, halfnote: 0 };
  return [
    [session, taken(true, 0)],
    ...open.map((record) => [record, taken(false, 0)] as const),
    // Windows that are open have the background in the rest; what is outside them doesn't have it.
    ...(innermost === outside ? [[outside, taken(false, between(from, to, amount))] as const] : []),
    ...(typeof from === 'number' ? [[backgroundOf(from), none] as const] : []),
    ...(typeof to === 'number' ? [[backgroundOf(to), whole] as const] : []),
  ];
}

/** How much comes to the foreground. */
function between(from: Owner, to: Correction['to'], amount: number): number {
  return (typeof from === 'number' ? amount : 0) - (typeof to === 'number' ? amount : 0);
}

function isBackground({ options }: WindowRecord): boolean {
  return options.kind === 'background';
}
