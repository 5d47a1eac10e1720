import { describe, expect, it } from 'vitest';
import { tails } from './tails';

const UNSEEN = 9;
const owners = (found: ReturnType<typeof tails>): Readonly<Record<number, number>> =>
  Object.fromEntries(found.map(([owner, cpuS]) => [owner, Math.round(cpuS * 1000) / 1000]));

describe('tails', () => {
  it('are nothing where all was booked before', () => {
    expect(tails(2, [{ owner: 1, seenAtS: 0, bookedS: 2, rate: 1 }], UNSEEN, 5)).toEqual([]);
  });

  it('belong to the owner of what has ended, as far as it can have worked since', () => {
    const ended = [{ owner: 1, seenAtS: 4, bookedS: 2, rate: 1 }];
    expect(owners(tails(2.9, ended, UNSEEN, 5))).toEqual({ 1: 0.9, [UNSEEN]: 0 });
    // 1.25 s at most, and 20 ms that the system does not show.
    expect(owners(tails(4, ended, UNSEEN, 5))).toEqual({ 1: 1.27, [UNSEEN]: 0.73 });
  });

  it('are shared by how much each can have worked', () => {
    const ended = [
      { owner: 1, seenAtS: 4, bookedS: 1, rate: 3 },
      { owner: 2, seenAtS: 4, bookedS: 1, rate: 1 },
    ];
    const shared = owners(tails(3, ended, UNSEEN, 5));
    expect(shared[1]).toBeGreaterThan(0.4);
    expect(shared[2]).toBeGreaterThan(0.3);
    expect((shared[1] ?? 0) + (shared[2] ?? 0)).toBeCloseTo(1, 2);
  });

  it('belong to nobody known where nothing known has ended', () => {
    expect(owners(tails(0.5, [], UNSEEN, 5))).toEqual({ [UNSEEN]: 0.5 });
  });
});
