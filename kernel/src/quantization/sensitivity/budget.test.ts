import { describe, expect, test } from 'vitest';
import { budgetText, parseBudget, settleBudget } from './budget';

describe('budgets', () => {
  test.each([
    ['500B', { bytes: 500 }, 'at most 500 bytes of weights'],
    ['20kB', { bytes: 20_000 }, 'at most 20,000 bytes of weights'],
    ['1.5MB', { bytes: 1_500_000 }, 'at most 1,500,000 bytes of weights'],
    ['4bits', { meanBits: 4 }, 'at most 4 bits a weight'],
    ['1bits', { meanBits: 1 }, 'at most 1 bit a weight'],
    ['1pt', { accuracyDrop: 0.01 }, 'at most 1 point of accuracy lost'],
    ['0.0005pt', { accuracyDrop: 0.000005 }, 'at most 0.0005 points of accuracy lost'],
    ['0.5pt', { accuracyDrop: 0.005 }, 'at most 0.5 points of accuracy lost'],
    ['30dB', { sqnrDb: 30 }, 'at least 30 dB of signal to noise'],
  ])('%s', (text, budget, words) => {
    expect(parseBudget(text)).toEqual(budget);
    expect(budgetText(settleBudget(budget))).toBe(words);
  });

  test.each(['', '4', '4 apples', '-3bits', 'bits', '4BITS', 'constructor', '3toString'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseBudget(text)).toThrow(
        /is no budget; allowed are a number and one of B, kB/,
      );
    },
  );
});
