import { describe, expect, it } from 'vitest';
import { largestFittingScale } from './fitting-scale';

describe('the largest loss scale that fits', () => {
  const found = (limit: number, least = 2 ** -24): [number | undefined, number] => {
    let tries = 0;
    const fits = (scale: number): boolean => {
      tries += 1;
      return scale <= limit;
    };
    return [largestFittingScale(fits, 2 ** 16, least), tries];
  };

  it('is found wherever it is, in few tries', () => {
    for (let exponent = 15; exponent >= -24; exponent--) {
      const [scale, tries] = found(2 ** exponent * 1.5);
      expect(scale).toBe(2 ** exponent);
      expect(tries).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(17 - exponent)));
    }
  });

  it('is none where not even the smallest fits, nor below it', () => {
    expect(found(0)[0]).toBeUndefined();
    expect(found(2 ** -3, 1)[0]).toBeUndefined();
    expect(found(1.5, 1)[0]).toBe(1);
    expect(largestFittingScale(() => true, 1, 1)).toBeUndefined();
  });
});
