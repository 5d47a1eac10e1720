import type { WeightFormat } from '../../../formats/uses';
import type { QuantizationMode } from '../../../quantization/quantized-model';

/** What a name of a format stands for. */
export interface Wanted {
  readonly weights: WeightFormat;
  readonly mode?: QuantizationMode;
}

/** What `quantize` is asked for: `calibrate` only where it has a use for it. */
export function quantizeOptions<C>(
  { weights, mode }: Wanted,
  calibrate: C | undefined,
): Wanted & { readonly calibrate?: C } {
  const isStatic = mode === 'static' || (mode === undefined && weights === 'int8');
  return {
    weights,
    ...(mode === undefined ? {} : { mode }),
    ...(isStatic && calibrate !== undefined ? { calibrate } : {}),
  };
}
