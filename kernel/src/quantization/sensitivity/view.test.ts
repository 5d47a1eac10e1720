import { expect, test } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { picturesIn } from '../../display/pictures.fixture';
import type { SensitivityRow } from './result';
import { changeText, LayerSensitivity } from './view';

/** Two layers in int8 and binary, whose loss changes by these figures. */
function byLoss(int8: readonly number[], binary: readonly number[]): LayerSensitivity {
  const row = (layer: number, format: 'int8' | 'binary', drop: number): SensitivityRow => ({
    layer: `d${layer + 1}`,
    kind: 'Dense',
    format,
    weights: 8,
    bytes: 8,
    floatBytes: 32,
    sqnrDb: format === 'int8' ? 40 : 6 - layer,
    relativeNoise: 0.2 + 0.1 * layer,
    kl: NaN,
    score: 1 + drop,
    drop,
  });
  return new LayerSensitivity({
    model: 'net',
    metric: 'loss',
    scoreMetric: 'loss',
    score: 1,
    samples: 10,
    formats: ['int8', 'binary'],
    rows: [0, 1].flatMap((i) => [row(i, 'int8', int8[i] ?? 0), row(i, 'binary', binary[i] ?? 0)]),
  });
}

test('a loss that falls is shown as falling, and no layer is called sensitive for it', () => {
  const text = byLoss([-1e-4, 0], [-0.113, -0.134]).toString();
  expect(text).toMatch(/Loss by/);
  expect(text).toContain('−0.113');
  expect(text).toMatch(
    /No layer alone makes the loss worse in binary; the most noise .* is by d2, 5\.?0* dB\./,
  );
  expect(text).not.toContain('Most sensitive');
});

test('a loss that grows names its layer', () => {
  const text = byLoss([0, 0], [0.2, -0.1]).toString();
  expect(text).toMatch(/Most sensitive in binary: d1, loss \+0\.20*\./);
});

test('marks of equal figures lie beside each other', () => {
  const html = String(byLoss([0, 0], [0, 0])[JUPYTER_DISPLAY]()['text/html']);
  const [drawing = ''] = picturesIn(html);
  // Those of the legend, and of two layers in two formats.
  const places = [...drawing.matchAll(/M([\d.]+) ([\d.]+)m/g)];
  const all = new Set(places.map(([, x, y]) => `${x ?? ''} ${y ?? ''}`));
  expect(all.size).toBe(2 + 4);
  expect(places.length).toBe(2 + 4);
});

test('a gain of accuracy is no loss', () => {
  expect(changeText(-0.017, 'accuracy')).toBe('+1.7 pt');
  expect(changeText(0.017, 'accuracy')).toBe('−1.7 pt');
  expect(changeText(0, 'accuracy')).toBe('0 pt');
  expect(changeText(0.25, 'loss')).toBe('+0.250');
  expect(changeText(-0.25, 'loss')).toBe('−0.250');
});
