import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFormats } from '../analysis/comparison/check-formats';
import { refusal } from '../magics/recorder.fixture';
import { quantize } from '../quantization/quantize';
import { layerSensitivity } from '../quantization/sensitivity/sensitivity';
import { loadBackend } from '../start';
import { BLOCK_FORMATS } from './blocks';
import { FORMATS } from './table';
import { USES, type FormatUse, type WeightName } from './uses';

beforeAll(() => {
  loadBackend();
});

const model = (): tf.LayersModel =>
  tf.sequential({
    layers: [tf.layers.dense({ name: 'dense', inputShape: [4], units: 3, useBias: false })],
  });

const IDS = [...new Set([...Object.keys(FORMATS), ...Object.keys(BLOCK_FORMATS)])];
const useOf = (id: string): FormatUse => (USES as Readonly<Record<string, FormatUse>>)[id] ?? {};

describe('every format there is', () => {
  test.each(IDS)('%s: keeps weights, or the table says why not', (id) => {
    const { weights, notWeights } = useOf(id);
    expect([weights === undefined, notWeights === undefined].sort()).toEqual([false, true]);
  });

  test.each(IDS.filter((id) => useOf(id).weights !== undefined))(
    '%s is taken by quantize, sensitivity and compare, and by their magics',
    async (id) => {
      const weights = id as WeightName;
      const small = await quantize(model(), { weights });
      expect(small.layers[0]?.format).toBe(id);
      small.dispose();
      const data = { x: tf.ones([2, 4]) };
      const { rows } = await layerSensitivity(model(), { formats: [weights], data });
      expect(rows[0]).toMatchObject({ format: id, bytes: small.weightBytes });
      expect(checkFormats([id])).toHaveLength(1);
      const magics = [`%quantize ${id} m`, `%sensitivity ${id} m --data x`];
      for (const cell of [...magics, `%compare fp32,${id} m --data x`]) {
        expect(() => refusal(cell)).toThrow();
      }
    },
  );

  test.each(IDS.filter((id) => useOf(id).notWeights !== undefined))(
    '%s is refused by quantize, sensitivity and their magics with the reason',
    async (id) => {
      const reason = useOf(id).notWeights ?? '';
      const weights = id as WeightName;
      await expect(quantize(model(), { weights })).rejects.toThrow(reason);
      const data = { x: tf.ones([2, 4]) };
      await expect(layerSensitivity(model(), { formats: [weights], data })).rejects.toThrow(reason);
      expect(refusal(`%quantize ${id} m`)).toContain(reason);
      // As a baseline fp32 can be compared, and with a budget layers may stay in it.
      if (id === 'fp32') return;
      expect(refusal(`%sensitivity ${id} m --data x`)).toContain(reason);
      expect(() => checkFormats([id])).toThrow(reason);
      expect(refusal(`%compare ${id} m --data x`)).toContain(reason);
    },
  );
});
