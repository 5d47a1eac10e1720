import { expect, it } from 'vitest';
import { combined, exact } from '../../quantities/make';
import type { Scenario, WhatIfResult } from './result';
import { farthestFirst, whatIfVerdict } from './verdict';

const scenario = (name: string, ofBase: number | null, spread = 0): Scenario => ({
  kind: ofBase === null ? 'base' : 'region',
  name,
  energyJ: exact(3.6e6, { method: 'counter' }),
  durationS: null,
  gramsPerKWh: exact(100, { method: 'literature' }),
  co2eG: exact(100 * (ofBase ?? 1), { method: 'literature' }),
  cost: null,
  ofBase:
    ofBase === null
      ? null
      : combined(
          ofBase,
          { systematic: { below: spread, above: spread } },
          { method: 'literature' },
        ),
  assumptions: [],
});
const result = (...scenarios: readonly Scenario[]): WhatIfResult => ({
  run: 'the session',
  boundary: 'attributed',
  pue: 1,
  scenarios: [scenario('as it was', null), ...scenarios],
  assumptions: [],
});

it('names the change that saves most and the one that costs most', () => {
  const { sentence, tone } = whatIfVerdict(
    result(scenario('FRA', 0.1), scenario('DEU', 0.8), scenario('POL', 2)),
  );
  expect(sentence).toMatch(/^Of CO2e FRA takes 90\.0% less; POL 2 times as much; /);
  expect(tone).toBe('good');
});

it('claims nothing where the intervals show no difference, or nothing was asked', () => {
  expect(whatIfVerdict(result(scenario('FRA', 0.9, 0.3)))).toMatchObject({
    sentence: expect.stringMatching(/^No change here is shown to lower the CO2e/) as string,
    tone: 'caution',
  });
  expect(whatIfVerdict(result()).sentence).toMatch(/^Nothing else was asked for/);
});

it('puts the run itself first, then what differs most from it', () => {
  const { scenarios } = result(scenario('DEU', 0.8), scenario('POL', 2), scenario('FRA', 0.1));
  expect(farthestFirst(scenarios)).toEqual([0, 3, 2, 1]);
});
