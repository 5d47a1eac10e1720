import { expect, it } from 'vitest';
import type { ClaimVerdict } from './claim-verdict';
import { verdictDrawing } from './verdict-chart';

const found = (subject: string, low: number, high: number): ClaimVerdict => ({
  claim: 'int8-speed',
  subject,
  verdict: low >= 4 ? 'confirmed' : 'refuted',
  because: '',
  value: (low + high) / 2,
  low,
  high,
  coverage: 0.95,
  trials: 5,
  unit: 'x',
});
const claim = { low: 4, high: 6, unit: 'x' as const };
const rect = (body: string): number[] =>
  (/<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/.exec(body)?.slice(1) ?? []).map(Number);

it('draws each interval where it lies to the band of the claim', () => {
  const { body, description } = verdictDrawing(
    'Speed',
    [found('inside', 4.5, 5.5), found('below', 1, 2)],
    claim,
  );
  const [x = NaN, width = NaN] = rect(body);
  const lines = [...body.matchAll(/M([\d.]+) \d+H([\d.]+)/g)].map((line) =>
    line.slice(1).map(Number),
  ) as [number, number][];
  expect(lines[0]?.[0]).toBeGreaterThan(x);
  expect(lines[0]?.[1]).toBeLessThan(x + width);
  expect(lines[1]?.[1]).toBeLessThan(x);
  expect(description).toBe(
    'inside: 5.00x, confirmed; below: 1.50x, refuted. The claim holds for 4x to 6x',
  );
});

it('of a claim that is open on one side shades to the edge, and cuts off what is much wider than the rest', () => {
  const { body, width } = verdictDrawing(
    'Speed',
    [found('wide', 0.001, 1e6)].map((one) => ({ ...one, value: 5 })),
    { ...claim, high: null },
  );
  const ends = [...body.matchAll(/M([\d.]+) \d+H([\d.]+)/g)].flatMap((line) =>
    line.slice(1).map(Number),
  );
  for (const end of ends) expect(end).toBeLessThanOrEqual(width);
  const [x = NaN, band = NaN] = rect(body);
  expect(x + band).toBeCloseTo(width - 90, 0);
});

it('names the claim too where there are several', () => {
  const other = { ...found('CNN', 1, 2), claim: 'bf16-speed' };
  const { description } = verdictDrawing('Speed', [found('CNN', 1, 2), other], claim);
  expect(description).toContain('CNN, int8-speed: 1.50x');
});

it('draws figures that are all the same', () => {
  const { body } = verdictDrawing('Speed', [found('one', 1, 1)], { ...claim, low: 1, high: null });
  expect(body).not.toContain('NaN');
});
