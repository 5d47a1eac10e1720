import type { ComputeFormat, DeviceFacts } from '../../backend/contract';
import { FORMATS } from '../../formats/table';
import { Fp8Recipe } from './fp8';
import { roundInScript } from './script';
import { roundToTf32 } from './tf32';
import type { ProductRounding } from './around-products';

/**
 * What a simulated format does to the inputs of products. Undefined where nothing has to be done:
 * the format is native, or TensorFlow stores it.
 */
export function productRounding(
  compute: ComputeFormat,
  facts: DeviceFacts,
): ProductRounding | undefined {
  const onTensorFlow = facts.engine === 'tensorflow';
  switch (compute) {
    case 'fp32':
      return undefined;
    case 'tf32':
      if (facts.formats.tf32.execution === 'native') return undefined;
      return onTensorFlow
        ? { input: (tensor) => roundToTf32(tensor) }
        : { input: (tensor) => roundInScript(FORMATS.tf32, tensor) };
    case 'bf16':
    case 'fp16':
      return onTensorFlow
        ? undefined
        : {
            input: (tensor) => roundInScript(FORMATS[compute], tensor),
            output: (tensor) => roundInScript(FORMATS[compute], tensor),
          };
    case 'fp8': {
      const recipe = new Fp8Recipe();
      return { input: (tensor, role, key) => recipe.quantizeDequantize(tensor, role, key) };
    }
  }
}
