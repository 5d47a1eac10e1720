/** A point of a curve over the steps of a training. */
export type CurvePoint = readonly [step: number, value: number];

/**
 * A curve that never holds more than `most` points: when it is full every other one is dropped, and from
 * then on as many come in as stay. The last point that was added is always among them.
 */
export class Curve {
  #points: CurvePoint[] = [];
  #last: CurvePoint | undefined;
  #stride = 1;
  #added = 0;

  /** @param most At least 2. */
  constructor(private readonly most: number) {}

  add(step: number, value: number): void {
    this.#last = [step, value];
    if (this.#added++ % this.#stride !== 0) return;
    this.#points.push(this.#last);
    if (this.#points.length < this.most) return;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  get points(): readonly CurvePoint[] {
    const last = this.#last;
    return last === undefined || this.#points.at(-1) === last
      ? this.#points
      : [...this.#points, last];
  }
}

/** At most `most` of the items, evenly chosen, with the first and the last. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const stride = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => items[Math.round(i * stride)] as T);
}
