import { describe, expect, it } from 'vitest';
import { Counter } from './counter';

const BOUNDS = { unitsPerJ: 1000n, mostWatts: 100, slackS: 0.5 } as const;

function readings(counter: Counter, ...points: readonly (readonly [atS: number, count: number])[]) {
  return points.map(([atS, count]) => counter.take(BigInt(count), atS));
}

describe('Counter', () => {
  it('begins with its first reading', () => {
    const [first, second] = readings(new Counter(BOUNDS), [5, 700_000], [6, 700_001]);
    expect(first).toEqual({ joules: 0, gaps: 0, resets: 0 });
    expect(second?.joules).toBe(0.001);
  });

  it('never falls, whatever is read', () => {
    const counter = new Counter({ ...BOUNDS, range: 60_000n });
    const counts = [5, 59_000, 100, 0, 60_000, 3, 59_999, 10, 4000, 70_000, 20, 80_000, 0];
    const joules = counts.map((count, atS) => counter.take(BigInt(count), atS / 10).joules);
    expect(joules).toEqual(joules.toSorted((a, b) => a - b));
  });

  it('makes of random restarts and wraps never more than was drawn', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const range = 10_000_000;
    const counter = new Counter({ ...BOUNDS, range: BigInt(range) });
    let [count, truth, lost, restarts] = [0, 0, 0, 0];
    counter.take(0n, 0);
    for (let atS = 1; atS <= 20_000; atS++) {
      const drawn = Math.floor(random() * 90_000);
      truth += drawn;
      // A counter that has just begun anew, or stands close to its range, can't be told from one that wraps.
      const restart = count > 200_000 && count < range - 200_000 && random() < 0.01;
      if (restart) {
        restarts++;
        lost += drawn;
      }
      count = restart ? 0 : (count + drawn) % range;
      counter.take(BigInt(count), atS);
    }
    expect(restarts).toBeGreaterThan(50);
    const reading = counter.take(BigInt(count), 20_000);
    expect(reading).toEqual({ joules: (truth - lost) / 1000, gaps: 0, resets: restarts });
  });

  it('takes a leap for a new beginning when the next reading confirms it', () => {
    const counter = new Counter(BOUNDS);
    const last = readings(counter, [0, 0], [1, 900_000], [2, 950_000]).at(-1);
    expect(last).toEqual({ joules: 50, gaps: 1, resets: 0 });
  });

  it('is not led astray by two wrong readings in a row', () => {
    const counter = new Counter(BOUNDS);
    const last = readings(counter, [0, 5000], [1, 900_000], [2, 0], [3, 6000]).at(-1);
    expect(last).toEqual({ joules: 1, gaps: 1, resets: 1 });
  });

  it('says so when it has stopped, where its device never does', () => {
    const points = [
      [0, 5],
      [1, 5],
      [3, 5],
      [4, 5],
      [5, 9],
      [6, 9],
    ] as const;
    const gaps = (stillS?: number) =>
      readings(new Counter({ ...BOUNDS, stillS }), ...points).map((reading) => reading.gaps);
    expect(gaps(3)).toEqual([0, 0, 1, 2, 2, 2]);
    expect(gaps()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('brings what was missed with the next good reading', () => {
    const counter = new Counter(BOUNDS);
    counter.take(0n, 0);
    expect(counter.missed()).toEqual({ joules: 0, gaps: 1, resets: 0 });
    expect(counter.take(80_000n, 1)).toEqual({ joules: 80, gaps: 1, resets: 0 });
  });
});
