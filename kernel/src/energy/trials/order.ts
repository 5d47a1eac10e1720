import { randomKey, splitKey, uniform } from '../../formats/random';

/** What is left to chance in a measurement, from one seed. */
export interface Chance {
  /** The order of `count` variants in a round: each as likely. */
  order(round: number, count: number): readonly number[];
  /** In [0, 1), for a trial's rest and its length. */
  shares(order: number): readonly [rest: number, length: number];
}

export function chanceOf(seed: number): Chance {
  const [orders, shares] = [splitKey(randomKey(seed), 0), splitKey(randomKey(seed), 1)];
  return {
    order: (round, count) => {
      const key = splitKey(orders, round);
      const order = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const other = Math.floor(uniform(key, i) * (i + 1));
        [order[i], order[other]] = [order[other] as number, order[i] as number];
      }
      return order;
    },
    shares: (order) => [uniform(shares, 2 * order), uniform(shares, 2 * order + 1)],
  };
}
