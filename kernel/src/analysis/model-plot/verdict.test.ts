import { expect, it } from 'vitest';
import type { PlottedNode } from '../../payloads/graph/schema';
import { graphVerdict } from './verdict';

const node = (name: string, format: string, sqnrDb: PlottedNode['sqnrDb'] = null): PlottedNode =>
  ({ name, kind: 'Dense', format, weightBytes: 100, sqnrDb }) as PlottedNode;
const said = (nodes: readonly PlottedNode[], color: 'format' | 'error'): string =>
  graphVerdict({ nodes, color, isQuantized: true, name: undefined }).sentence;

it('counts the layers with rounded weights, and names those without', () => {
  expect(said([node('a', 'int8'), node('b', 'fp32')], 'format')).toBe(
    '1 of 2 layers with weights is in int8; b in fp32.',
  );
  expect(said([node('a', 'fp32')], 'format')).toBe('All weights are in fp32.');
});

it('names the noisiest layer, and none where nothing was changed', () => {
  expect(said([node('a', 'int8', 40), node('b', 'int4', 18)], 'error')).toMatch(
    /^b has the noisiest weights of 2 layers: 18\.0 dB\.$/,
  );
  expect(said([node('a', 'int8', 'Infinity')], 'error')).toBe(
    'Rounding keeps the weights of all layers as they were.',
  );
  expect(said([node('a', 'int8', 40), node('b', 'int4', 'NaN')], 'error')).toMatch(/^b has/);
});
