import { encodeNumbers } from '../../display/numbers';
import type * as z from 'zod/mini';
import type { sensitivity } from '../../payloads/sensitivity/schema';
import type { SensitivityResult } from './result';
import { bitsOf } from './units';

/** The rows by layer, formats in their order, as they go over the wire. */
export function sensitivityPayload(result: SensitivityResult): z.input<typeof sensitivity> {
  const { model, metric, scoreMetric, score, samples, formats, rows, fixedBytes = null } = result;
  const names = [...new Set(rows.map(({ layer }) => layer))];
  const payload = {
    title: `Sensitivity of ${model}, layer by layer`,
    ...{ metric, scoreMetric, score, samples },
    formats: formats.map((name) => ({ name, bits: bitsOf(name) })),
    layers: names.flatMap((name) => {
      const own = rows.filter(({ layer }) => layer === name);
      const [first] = own;
      if (first === undefined) return [];
      const { kind, weights, floatBytes, unfoldedBytes = floatBytes } = first;
      const figures = own.map(({ bytes, relativeNoise, kl, drop }) => ({
        ...{ bytes, relativeNoise, kl, drop },
      }));
      return [{ name, kind, weights, unfoldedBytes, formats: figures }];
    }),
    fixedBytes,
    notes: [
      `One layer's weights at a time are rounded, all else stays in float; measured on ${samples.toLocaleString('en')} samples.`,
    ],
  };
  return encodeNumbers(payload) as z.input<typeof sensitivity>;
}
