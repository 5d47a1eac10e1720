import type { CastPlanner, OpInput, StorageFormat } from './contract';

const WIDTH: Readonly<Record<StorageFormat, number>> = { bf16: 0, fp16: 0, fp32: 1 };

/**
 * The widest format among the float inputs; bf16 and fp16, of which neither holds the other's values,
 * meet in fp32. This is the rule where no planner is set.
 */
export const promote: CastPlanner = (_opName, inputs) => {
  let widest: StorageFormat | undefined;
  for (const { format } of inputs) {
    if (format === undefined || format === widest) continue;
    widest =
      widest === undefined
        ? format
        : WIDTH[widest] + WIDTH[format] === 0
          ? 'fp32'
          : wider(widest, format);
  }
  return widest ?? 'fp32';
};

function wider(a: StorageFormat, b: StorageFormat): StorageFormat {
  return WIDTH[a] >= WIDTH[b] ? a : b;
}

let current: CastPlanner | undefined;

/**
 * Sets who decides the storage format of each op's float inputs; undefined: they {@link promote}.
 * Returns the planner that was set before, so that scopes can nest.
 */
export function setCastPlanner(planner: CastPlanner | undefined): CastPlanner | undefined {
  const previous = current;
  current = planner;
  return previous;
}

/** The planner that is set, or undefined. */
export function castPlanner(): CastPlanner | undefined {
  return current;
}

/**
 * A scalar (0-dimensional) input follows the tensors it meets, as in PyTorch's type promotion: half a
 * bf16 tensor is a bf16 tensor. `dimensions[i]` is the rank of input `i`.
 */
export function withWeakScalars(
  inputs: readonly OpInput[],
  ranks: readonly number[],
): readonly OpInput[] {
  const isTensor = (index: number): boolean =>
    inputs[index]?.isFloat === true && (ranks[index] ?? 0) > 0;
  const tensors = inputs.filter((_, index) => isTensor(index));
  if (tensors.length === 0 || tensors.length === inputs.length) return inputs;
  const format = promote('', tensors);
  return inputs.map((input, index) =>
    input.isFloat && !isTensor(index) ? { isFloat: true, format } : input,
  );
}
