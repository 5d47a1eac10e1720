import type { Sight } from './check';

/** A machine made of a few files whose clocks go by hand. */
export interface FakeSight extends Sight {
  readonly files: Map<string, string>;
  monotonic: number;
  wall: number;
  /** Lets time pass, on all clocks. */
  pass(seconds: number): void;
}

export function fakeSight(files: Readonly<Record<string, string>> = {}): FakeSight {
  const made = new Map(Object.entries(files));
  const sight: FakeSight = {
    files: made,
    monotonic: 1000,
    wall: 1.8e9,
    pass: (seconds) => {
      sight.monotonic += seconds;
      sight.wall += seconds;
      const uptime = Number(made.get('/proc/uptime')?.split(' ')[0] ?? NaN);
      if (Number.isFinite(uptime)) made.set('/proc/uptime', `${uptime + seconds} 0`);
    },
    read: (path) => made.get(path),
    list: (path) => [
      ...new Set(
        [...made.keys()].flatMap((name) =>
          name.startsWith(`${path}/`) ? (name.slice(path.length + 1).split('/')[0] ?? []) : [],
        ),
      ),
    ],
    monotonicS: () => sight.monotonic,
    wallS: () => sight.wall,
  };
  return sight;
}
