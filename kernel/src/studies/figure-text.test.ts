import { expect, test } from 'vitest';
import type { HardwareClass } from '../literature/claim';
import { measuredText } from './figure-text';
import { verdictOn } from './verdict';

const SAVED = {
  id: 'saved',
  says: 'It saves 75%.',
  figure: 'bytes saved',
  unit: '%',
  low: 0.7,
  high: 0.8,
  of: 'any',
  see: [],
  study: 'saved',
} as const;
const here: HardwareClass = 'cpu';

test('figures that are the same each time are said so, whatever their mean rounds to', () => {
  const trials = new Array<number>(12).fill(0.6911764705882353);
  expect(measuredText(verdictOn(SAVED, { trials, here }))).toBe('69.1% (each time, 12 trials)');
});

test('figures that differ show their interval', () => {
  const trials = [0.74, 0.75, 0.76];
  expect(measuredText(verdictOn(SAVED, { trials, here }))).toBe('75.0% (72.5% to 77.5%, 3 trials)');
});
