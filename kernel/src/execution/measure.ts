import type { Candidate, Choice, EngineName } from './report';

/** Something that can be done in several ways, one of which is to be found the fastest. */
export interface Contender<T> {
  readonly engine: EngineName;
  readonly kernel: string;
  run(): T;
}

/** Repetitions, unless they take longer than this many milliseconds altogether; at least one. */
const REPETITIONS = 5;
const BUDGET_MS = 250;
/** ONNX Runtime's threads look for more work for about 10 ms after a run, and take it from others. */
const SETTLE_MS = 15;

/**
 * Times each contender on the real input: once to warm up unless they are, then interleaved, so that a
 * load that comes and goes meets all alike. What counts is each one's quickest run: what other processes add to
 * a run is nothing of the kernel's. `release` gets all results.
 */
export function fastest<T, C extends Contender<T>>(
  contenders: readonly [C, ...C[]],
  batch: number,
  release: (result: T) => void,
  warm = false,
): { readonly winner: C; readonly choice: Choice } {
  if (!warm) for (const contender of contenders) release(contender.run());
  const engines = new Set(contenders.map(({ engine }) => engine)).size;
  const times = contenders.map((): number[] => []);
  const start = performance.now();
  for (let i = 0; i < REPETITIONS; i++) {
    contenders.forEach((contender, c) => {
      if (engines > 1) pause(SETTLE_MS);
      const before = performance.now();
      const result = contender.run();
      times[c]?.push(performance.now() - before);
      release(result);
    });
    if (performance.now() - start > BUDGET_MS) break;
  }
  const candidates = contenders.map(({ engine, kernel }, c): Candidate => ({
    engine,
    kernel,
    milliseconds: Math.min(...(times[c] ?? [])),
  }));
  const least = Math.min(...candidates.map(({ milliseconds }) => milliseconds));
  const index = candidates.findIndex(({ milliseconds }) => milliseconds === least);
  const chosen = candidates[index];
  const winner = contenders[index] ?? contenders[0];
  if (chosen === undefined) throw new TypeError('nothing to choose from');
  return { winner, choice: { batch, chosen, candidates } };
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
