import type { CastPlanner, OpInput, StorageFormat } from '../backend/contract';
import { castRule } from './autocast-table';

/** A planner that gives the backend the table's formats, with `low` as the compute format. */
export function castPlanner(low: 'bf16' | 'fp16'): CastPlanner {
  return (opName, inputs) => {
    switch (castRule(opName)) {
      case 'low':
        return low;
      case 'fp32':
        return 'fp32';
      case 'promote':
      case 'follow':
        return widest(inputs);
    }
  };
}

/**
 * The format in which all inputs are exact. bf16 and fp16 together give fp32. A variable adapts to
 * the other inputs, so that a bias or scale in fp32 doesn't widen what is added to or scaled by it.
 */
function widest(inputs: readonly OpInput[]): StorageFormat {
  const floats = inputs.filter((input) => input.isFloat);
  const values = floats.filter((input) => input.isVariable !== true);
  const formats = new Set((values.length > 0 ? values : floats).map((input) => input.format));
  const [only] = formats;
  return formats.size === 1 && only !== undefined ? only : 'fp32';
}
