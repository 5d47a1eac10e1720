import type { Geometry } from '../../integer/product';
import { outputChannels } from '../../integer/product';
import type { LinearNode } from './float-graph';

/** Which output channel a place in the kernel belongs to: the last axis, or the last two of depthwise. */
export function outputChannelOf(geometry: Geometry): (index: number) => number {
  const channels = outputChannels(geometry);
  return (index) => index % channels;
}

/** Which input channel (dense: feature) a place in the kernel multiplies. */
export function inputChannelOf(geometry: Geometry): (index: number) => number {
  if (geometry.kind === 'dense') {
    const { units } = geometry;
    return (index) => Math.floor(index / units);
  }
  const [, , inputs, last] = geometry.kernel;
  return (index) => Math.floor(index / last) % inputs;
}

export function inputChannels(geometry: Geometry): number {
  return geometry.kind === 'dense' ? geometry.inputs : geometry.kernel[2];
}

/** True where a window reads zeros beyond the image's border. */
export function readsPadding({ op: { geometry } }: LinearNode): boolean {
  if (geometry.kind === 'dense' || geometry.padding === 'valid') return false;
  const [height, width] = geometry.kernel;
  return height > 1 || width > 1;
}
