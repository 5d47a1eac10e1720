import { samePadding } from '../../../integer/product';
import type { Attributes } from '../proto/attribute';
import type { LayerScope } from '../writer/layer-scope';

/** What a convolution or pooling looks at, one number per axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'same' | 'valid' | 'causal';
}

export function paddingOf({ config }: LayerScope): 'same' | 'valid' {
  const padding = config.text('padding', 'valid');
  if (padding === 'same' || padding === 'valid') return padding;
  throw config.unsupported(`its padding is ${padding}`, "Allowed are 'same' and 'valid'.");
}

/**
 * Zeros around the input as TensorFlow places them: the odd one of `same` at the end. Where a size is
 * open, ONNX is told the rule instead.
 */
export function paddingAttributes(window: Window, sizes: readonly (number | null)[]): Attributes {
  if (window.padding === 'valid') return {};
  const reach = window.kernel.map((size, i) => (size - 1) * (window.dilations[i] ?? 1) + 1);
  if (window.padding === 'causal')
    return { pads: [...reach.map((size) => size - 1), ...reach.map(() => 0)] };
  const known = sizes.filter((size) => size !== null);
  if (known.length < sizes.length) return { auto_pad: 'SAME_UPPER' };
  const pads = known.map((size, i) => samePadding(size, reach[i] ?? 1, window.strides[i] ?? 1));
  if (pads.every(([before, after]) => before === 0 && after === 0)) return {};
  return { pads: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)] };
}
